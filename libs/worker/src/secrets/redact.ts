/** Shorter values would turn harmless text into holes. */
const shortest = 6;

/** The same value with every occurrence of the secrets in its texts replaced; keys too. */
export function redact<T>(value: T, secrets: readonly string[]): T {
  const hidden = secrets.filter((secret) => secret.length >= shortest);
  if (hidden.length === 0) return value;
  return redacted(value, hidden) as T;
}

function redacted(value: unknown, secrets: readonly string[]): unknown {
  if (typeof value === 'string') return secrets.reduce((text, secret) => text.replaceAll(secret, '[redacted]'), value);
  if (Array.isArray(value)) return value.map((each) => redacted(each, secrets));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [redacted(key, secrets), redacted(each, secrets)]));
}
