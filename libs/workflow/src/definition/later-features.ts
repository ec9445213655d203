/** What the language has and this version does not run: it is refused, so that nothing is silently left out. */

export const laterTopLevelFields: ReadonlySet<string> = new Set(['concurrency']);

export const laterNodeFields: ReadonlySet<string> = new Set(['rateLimit']);
