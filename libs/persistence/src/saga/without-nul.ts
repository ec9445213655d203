/**
 * Postgres holds no NUL in text. Payloads escape it (they are JSON); what else comes from data has it replaced, so that
 * one odd character cannot keep an execution from being recorded.
 */
export function withoutNul<T extends string | null>(text: T): T {
  return (text?.includes('\0') ? text.replaceAll('\0', '\uFFFD') : text) as T;
}
