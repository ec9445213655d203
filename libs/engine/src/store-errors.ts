/**
 * Whether the store failed for a reason that lies outside what was asked of it, so that the same transaction may
 * succeed later. Errors of the data itself (SQLSTATE classes 21, 22, 23 and 42) will fail again.
 */
export function isTransient(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (/^[0-9A-Z]{5}$/.test(code)) return !/^(21|22|23|42|54)/.test(code);
  if (code !== '') return /^(E[A-Z]+|ERR_)/.test(code);
  return /connection|terminat|timeout|closed|not queryable|nothing was written/i.test(error.message);
}
