import type { ErrorShape } from '@jetsaga/contracts';
import { z } from 'zod';
import { anyJson } from '../http/any-json.ts';

/** Why a step or an execution failed. */
export const errorView: z.ZodType<ErrorShape> = z.object({
  code: z.string(),
  message: z.string(),
  details: anyJson.optional(),
  path: z.string().optional().describe('The step it came from.'),
});
