import { z } from 'zod';
import type { Json } from './json.ts';

/** An error as it is stored, sent and shown. `path` names the step it came from. */
export interface ErrorShape {
  readonly code: string;
  readonly message: string;
  readonly details?: Json;
  readonly path?: string;
}

export const errorShapeSchema = z.object({
  code: z.string().min(1).max(100),
  message: z.string(),
  details: z.json().optional(),
  path: z.string().optional(),
});
