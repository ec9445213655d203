import { z } from 'zod';
import type { CloudEvent } from './cloud-event.ts';
import { errorShapeSchema } from './error-shape.ts';
import type { Json } from './json.ts';

/** Who gave a command: `api-key:<id>`, `user:<id>`, `local` (authentication off), `coordinator`. */
export type Actor = string;

export const signalNameSchema = z.string().min(1).max(200);

/** What an operator may ask of one execution. Stored in Postgres before it is acknowledged. */
export const commandBodySchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('signal'), name: signalNameSchema, payload: z.custom<Json>() }),
  z.object({
    kind: z.literal('complete_task'),
    path: z.string(),
    attempt: z.number().int(),
    output: z.custom<Json>(),
    branch: z.string().optional(),
  }),
  z.object({
    kind: z.literal('fail_task'),
    path: z.string(),
    attempt: z.number().int(),
    error: errorShapeSchema.omit({ path: true }),
    retryable: z.boolean(),
  }),
  /** An event that the step at `path` waits for, if its filter lets it. */
  z.object({ kind: z.literal('event'), path: z.string(), event: z.custom<CloudEvent>() }),
  z.object({ kind: z.literal('cancel'), reason: z.string().max(2000).optional(), compensate: z.boolean().default(true) }),
]);
export type CommandBody = z.infer<typeof commandBodySchema>;
export type CommandKind = CommandBody['kind'];

export interface CommandRecord {
  readonly id: string;
  readonly executionId: string;
  readonly body: CommandBody;
  readonly by: Actor;
  /** Epoch milliseconds. */
  readonly at: number;
}

/** The poke on `saga.command.<kind>`: the command itself is in Postgres. */
export const commandPokeSchema = z.object({ v: z.literal(1), executionId: z.string() });
