import { definitionHash } from './definition-hash.ts';

/**
 * Ids of a definition's schedules. A schedule keeps its id, and with it whether it is paused and when it last ran, over versions of
 * the definition for as long as its pattern and time zone stay; two that are equal in these are told apart by their order.
 */
export function scheduleIds(key: string): { next(pattern: string, timezone: string): string } {
  const seen = new Map<string, number>();
  return {
    next: (pattern, timezone) => {
      const name = JSON.stringify([pattern.trim().split(/\s+/).join(' '), timezone]);
      const ordinal = seen.get(name) ?? 0;
      seen.set(name, ordinal + 1);
      return `${key}.${definitionHash([name, ordinal]).slice(0, 8)}`;
    },
  };
}
