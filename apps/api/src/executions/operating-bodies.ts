import { z } from 'zod';
import { anyJson } from '../http/any-json.ts';

const reason = z.string().max(2000);
const path = z.string().min(1).max(1000).describe('The path of the step, such as `charge`.');

export const pauseBody = z
  .strictObject({ reason: reason.optional() })
  .optional()
  .transform((body) => body ?? {});
export type PauseBody = z.infer<typeof pauseBody>;

export const retryBody = z
  .strictObject({
    input: z
      .record(z.string(), z.record(z.string(), anyJson))
      .optional()
      .describe('By path of a step: fields that are laid over its configuration.'),
  })
  .optional()
  .transform((body) => body ?? {});
export type RetryBody = z.infer<typeof retryBody>;

export const rerunBody = z.strictObject({
  from: z.string().min(1).max(200).describe('The node at which it begins anew.'),
  version: z.number().int().positive().max(2_147_483_647).optional().describe('Absent: the version it ran on.'),
  input: anyJson.optional().describe('Absent: the input it had.'),
});
export type RerunBody = z.infer<typeof rerunBody>;

export const compensationRetryBody = z.strictObject({ path, reason: reason.optional() });
export type CompensationRetryBody = z.infer<typeof compensationRetryBody>;

export const compensationWaiveBody = z.strictObject({ path, reason: reason.min(1).describe('Kept in the history.') });
export type CompensationWaiveBody = z.infer<typeof compensationWaiveBody>;
