import { z } from 'zod';

/** Part of a text that holds secrets: literal text, or the name of the secret to put there. */
export const secretPartSchema = z.union([z.string(), z.object({ secret: z.string() })]);

/**
 * Where in `config` (a JSON pointer) a secret belongs. Made by the definition's compiler only, so that data
 * can never ask for a secret; the worker resolves it just before the handler runs.
 */
export const secretSlotSchema = z.object({ pointer: z.string(), parts: z.array(secretPartSchema) });
export type SecretSlot = z.infer<typeof secretSlotSchema>;

export const TASK_FORMAT = 1;

/** The message that asks a worker to run one attempt. Times are epoch milliseconds. */
export const taskSchema = z.object({
  v: z.literal(TASK_FORMAT),
  executionId: z.string(),
  workflow: z.string(),
  version: z.number().int(),
  path: z.string(),
  attempt: z.number().int().min(1),
  dispatch: z.number().int().min(1),
  kind: z.enum(['run', 'undo', 'cancel']),
  handler: z.string(),
  config: z.json(),
  secrets: z.array(secretSlotSchema).optional(),
  /** Branches that an edge selects on, so that a handler may take one instead of failing. */
  branches: z.array(z.string()).optional(),
  /** Told with `branches`: how often the step is tried again by its policy after this attempt. */
  retriesLeft: z.number().int().nonnegative().optional(),
  idempotencyKey: z.string(),
  /** Told to an undo: nobody knows whether the work that it undoes was done. */
  outcomeUnknown: z.boolean().optional(),
  /** Completes, fails or keeps alive the step once it is deferred; unguessable. */
  token: z.string(),
  timeoutMs: z.number().int().positive(),
  deadline: z.number().optional(),
  scheduledAt: z.number(),
});
export type Task = z.infer<typeof taskSchema>;
