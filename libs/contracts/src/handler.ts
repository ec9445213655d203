import { z } from 'zod';

export const retryPolicySchema = z.object({
  /** Tries after the first one. */
  retries: z.number().int().min(0).max(1000),
  initialDelayMs: z.number().nonnegative(),
  maxDelayMs: z.number().nonnegative(),
  factor: z.number().min(1),
  jitter: z.boolean(),
  /** Error codes that are never retried. */
  nonRetryable: z.array(z.string()),
});
export type RetryPolicy = z.infer<typeof retryPolicySchema>;

export const defaultRetryPolicy: RetryPolicy = {
  retries: 3,
  initialDelayMs: 1_000,
  maxDelayMs: 60_000,
  factor: 2,
  jitter: true,
  nonRetryable: [],
};

export const defaultTimeoutMs = 5 * 60_000;

/** What a worker announces of a handler; schemas are JSON Schema 2020-12. */
export const handlerDescriptionSchema = z.object({
  name: z.string().regex(/^[a-z][a-z0-9_]{0,99}$/),
  aliases: z.array(z.string()).default([]),
  queue: z.string().regex(/^[a-z][a-z0-9_-]{0,62}$/),
  description: z.string().default(''),
  configSchema: z.record(z.string(), z.json()),
  outputSchema: z.record(z.string(), z.json()).optional(),
  branches: z.array(z.string()).default([]),
  timeoutMs: z.number().int().positive().optional(),
  retry: retryPolicySchema.partial().optional(),
  example: z.json().optional(),
});
export type HandlerDescription = z.infer<typeof handlerDescriptionSchema>;

export const workerAnnouncementSchema = z.object({
  v: z.literal(1),
  worker: z.string(),
  service: z.string(),
  queues: z.array(z.string()),
  handlers: z.array(handlerDescriptionSchema),
  concurrency: z.number().int(),
  running: z.number().int(),
  at: z.number(),
  /** True in the last announcement of a worker that shuts down. */
  leaving: z.boolean().default(false),
});
export type WorkerAnnouncement = z.infer<typeof workerAnnouncementSchema>;
