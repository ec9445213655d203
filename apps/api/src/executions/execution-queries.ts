import { executionStatuses, parseDuration, stepStatuses } from '@jetsaga/contracts';
import { z } from 'zod';
import { pageQuery } from '../http/page.ts';

export const several = <T extends readonly [string, ...string[]]>(values: T) =>
  z
    .union([z.string(), z.array(z.string())])
    .transform((given) =>
      [given]
        .flat()
        .flatMap((part) => part.split(','))
        .map((part) => part.trim().toUpperCase()),
    )
    .pipe(z.array(z.enum(values)));

/** An ISO 8601 time, or how long ago: `1h`, `3d`. */
export const moment = z.string().transform((text, context) => {
  const ago = parseDuration(text);
  const at = ago === undefined ? Date.parse(text) : Date.now() - ago;
  if (Number.isFinite(at) && Math.abs(at) < 8e15) return at;
  context.addIssue({ code: 'custom', message: 'expected an ISO 8601 time, or how long ago, such as 1h or 3d' });
  return z.NEVER;
});

export const executionSearchQuery = pageQuery
  .extend({
    workflow: z.string().max(200).optional().describe('Key of the definition.'),
    status: several(executionStatuses).optional().describe('One or several, separated by commas.'),
    since: moment.optional().describe('Accepted at or after this time.'),
    until: moment.optional().describe('Accepted before this time.'),
    q: z.string().max(200).optional().describe('Part of the id, the workflow or a label.'),
  })
  .catchall(z.unknown())
  .transform(({ ...query }) => {
    const labels: Record<string, string> = {};
    for (const [name, value] of Object.entries(query)) {
      if (name.startsWith('label.') && typeof value === 'string') labels[name.slice('label.'.length)] = value;
    }
    return { ...query, labels };
  });
export type ExecutionSearchQuery = z.infer<typeof executionSearchQuery>;

export const stepsQuery = z.object({
  path: z.string().max(1000).optional().describe('One step, with its attempts.'),
  status: several(stepStatuses).optional().describe('One or several, separated by commas.'),
  scope: z.string().max(1000).optional().describe('Steps of one scope; empty: the root.'),
  limit: z.coerce.number().int().min(1).max(1000).default(200),
  cursor: z.string().max(2000).optional(),
});
export type StepsQuery = z.infer<typeof stepsQuery>;

export const scopesQuery = z.object({
  path: z.string().max(1000).default('').describe('A `group` or `map`, or the scope that they stand in; empty: the root.'),
});
export type ScopesQuery = z.infer<typeof scopesQuery>;

export const historyQuery = z.object({
  limit: z.coerce.number().int().min(1).max(1000).default(200),
  cursor: z.string().max(1000).optional(),
});
export type HistoryQuery = z.infer<typeof historyQuery>;
