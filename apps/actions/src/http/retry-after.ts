/** Longer waits are cut: a server must not park a step for days. */
const longestMs = 60 * 60_000;

/** `Retry-After` in seconds or as a date → milliseconds from now; undefined when it says nothing sensible. */
export function retryAfterMs(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined;
  const text = header.trim();
  const wait = /^\d+$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - now;
  return Number.isFinite(wait) ? Math.min(Math.max(wait, 0), longestMs) : undefined;
}
