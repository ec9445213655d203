import { z } from 'zod';
import { errorShapeSchema } from './error-shape.ts';
import type { Json } from './json.ts';

export const RESULT_FORMAT = 1;

/** What JSON.parse gave is JSON: walking through large payloads again would cost more than parsing them. */
const parsedJson = z.custom<Json>();

export const stepResultSchema = z.object({
  v: z.literal(RESULT_FORMAT),
  executionId: z.string(),
  path: z.string(),
  attempt: z.number().int().min(1),
  outcome: z.enum(['completed', 'failed', 'deferred', 'progress']),
  output: parsedJson.optional(),
  branch: z.string().optional(),
  error: errorShapeSchema
    .extend({
      details: parsedJson.optional(),
      retryable: z.boolean(),
      /** Milliseconds the handler asked to wait before the next attempt. */
      retryAfterMs: z.number().nonnegative().optional(),
      /** False where the outcome is unknown (timeout, lost worker): the idempotency key then stays. */
      definite: z.boolean().optional(),
    })
    .optional(),
  usage: parsedJson.optional(),
  progress: z.number().min(0).max(1).optional(),
  worker: z.string(),
  startedAt: z.number(),
  finishedAt: z.number(),
});
export type StepResult = z.infer<typeof stepResultSchema>;

/** What a worker hands over in one message: on `svc.coordinator.results`, or on `saga.result` when nobody answers there. */
export const resultListSchema = z.object({ v: z.literal(RESULT_FORMAT), results: z.array(stepResultSchema).min(1) });
export type ResultList = z.infer<typeof resultListSchema>;

/** The coordinators' answer, sent after COMMIT. `ok: false`: not stored, take the long way. */
export const resultReplySchema = z.object({ ok: z.boolean(), reason: z.string().optional() });
export type ResultReply = z.infer<typeof resultReplySchema>;

export const taskStartSchema = z.object({
  executionId: z.string(),
  path: z.string(),
  attempt: z.number().int(),
  worker: z.string(),
  at: z.number(),
});
export type TaskStart = z.infer<typeof taskStartSchema>;
export const taskStartListSchema = z.object({ v: z.literal(1), starts: z.array(taskStartSchema) });

export const abortListSchema = z.object({
  v: z.literal(1),
  aborts: z.array(z.object({ executionId: z.string(), path: z.string(), attempt: z.number().int(), reason: z.string() })),
});
export type AbortList = z.infer<typeof abortListSchema>;
