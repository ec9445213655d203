import type { Json } from '@jetsaga/contracts';

/** A value as messages show it: JSON, cut short. */
export function inBrief(value: Json | undefined): string {
  const text = JSON.stringify(value) ?? 'missing';
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}
