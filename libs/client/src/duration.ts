const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `500ms`, `30s`, `5m`, `2h`, `3d` as milliseconds. Throws a RangeError when it is none of these. */
export function durationMs(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(text.trim());
  if (match === null) throw new RangeError(`not a duration: ${text}; expected something like 500ms, 30s, 5m, 2h or 3d`);
  return Number(match[1]) * unitMs[match[2]!]!;
}
