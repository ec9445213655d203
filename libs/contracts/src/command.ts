import { z } from 'zod';
import type { ExecutionStatus } from './states.ts';
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
  z.object({ kind: z.literal('pause'), reason: z.string().max(2000).optional() }),
  z.object({ kind: z.literal('resume') }),
  z.object({ kind: z.literal('retry'), input: z.record(z.string(), z.json()).optional() }),
  z.object({ kind: z.literal('retry_compensation'), path: z.string(), reason: z.string().max(2000).optional() }),
  z.object({ kind: z.literal('waive_compensation'), path: z.string(), reason: z.string().min(1).max(2000) }),
]);
export type CommandBody = z.infer<typeof commandBodySchema>;
export type CommandKind = CommandBody['kind'];

/** The states in which an execution takes a command; in others it is refused, and not stored. */
export function statesTaking(kind: CommandKind): readonly ExecutionStatus[] {
  switch (kind) {
    case 'cancel':
      return ['PENDING', 'RUNNING', 'PAUSED'];
    case 'pause':
      return ['RUNNING'];
    case 'resume':
      return ['PAUSED'];
    case 'retry':
      return ['FAILED', 'TIMED_OUT', 'CANCELLED'];
    case 'signal':
      return ['PENDING', 'RUNNING', 'PAUSED'];
    case 'complete_task':
    case 'fail_task':
    case 'event':
      return ['RUNNING', 'PAUSED'];
    case 'retry_compensation':
    case 'waive_compensation':
      return ['COMPENSATING'];
  }
}

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
