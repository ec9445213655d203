import { parseDuration } from '@jetsaga/contracts';
import { z } from 'zod';
import { anyJson } from '../http/any-json.ts';

const labels = z
  .record(z.string().min(1).max(100), z.string().max(500))
  .refine((given) => Object.keys(given).length <= 50, 'an execution may have 50 labels');

/** The body of a start; one that is absent starts with the input `{}`. */
export const startBody = z
  .strictObject({
    input: anyJson.optional().describe('Fits the definition’s input schema. Absent: `{}`.'),
    labels: labels.optional(),
    idempotencyKey: z.string().min(1).max(500).optional().describe('A second start with it returns the first execution.'),
    version: z.number().int().positive().max(2_147_483_647).optional().describe('Absent: the current one.'),
    priority: z.enum(['high', 'normal', 'low']).optional(),
    startAt: z.string().min(1).max(200).optional().describe('A node: what is not at or below it is skipped.'),
  })
  .optional()
  .transform((body) => ({ ...body, input: body?.input === undefined ? {} : body.input }));
export type StartBody = z.infer<typeof startBody>;

const longestWaitMs = 10 * 60_000;

export const startQuery = z.object({
  wait: z
    .string()
    .transform((text, context) => {
      const ms = parseDuration(/^\d+$/.test(text) ? Number(text) : text);
      if (ms !== undefined && ms <= longestWaitMs) return ms;
      context.addIssue({ code: 'custom', message: 'expected a duration such as 30s, at most 10m' });
      return z.NEVER;
    })
    .optional()
    .describe('How long to wait for the end, such as `30s`.'),
});
export type StartQuery = z.infer<typeof startQuery>;

export const cancelBody = z
  .strictObject({
    reason: z.string().max(2000).optional(),
    compensate: z.boolean().default(true).describe('Whether completed steps are undone.'),
  })
  .optional()
  .transform((body) => body ?? { compensate: true });
export type CancelBody = z.infer<typeof cancelBody>;
