import { z } from 'zod';
import { anyJson } from '../http/any-json.ts';
import { pageQuery } from '../http/page.ts';

export const tasksQuery = pageQuery.extend({
  waiting: z.literal('true').optional().describe('Only tasks that wait are known here, so it goes without saying.'),
  workflow: z.string().max(200).optional().describe('Key of the definition.'),
  handler: z.string().max(200).optional(),
  execution: z.string().max(100).optional().describe('Id of one execution.'),
});
export type TasksQuery = z.infer<typeof tasksQuery>;

export const completeBody = z
  .strictObject({
    output: anyJson.optional().describe('What the handler would have returned. Absent: null.'),
    branch: z.string().min(1).max(200).optional().describe('One that the handler declares.'),
  })
  .optional()
  .transform((body) => body ?? {});
export type CompleteBody = z.infer<typeof completeBody>;

export const failBody = z.strictObject({
  code: z.string().min(1).max(100),
  message: z.string().max(10_000),
  details: anyJson.optional(),
  retryable: z.boolean().default(false).describe('Whether the step is tried again, by its retry policy.'),
});
export type FailBody = z.infer<typeof failBody>;

export const heartbeatBody = z
  .strictObject({ note: z.string().max(500).optional().describe('Shown in the list of tasks.') })
  .optional()
  .transform((body) => body ?? {});
export type HeartbeatBody = z.infer<typeof heartbeatBody>;
