/** Epoch milliseconds as the API writes times; absent where there is none. */
export function isoTime(at: number | null | undefined): string | undefined {
  return at == null ? undefined : new Date(at).toISOString();
}
