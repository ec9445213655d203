import { handlerDescriptionSchema, type HandlerDescription, type Json, type RetryPolicy } from '@jetsaga/contracts';
import { z } from 'zod';

/** What a handler is given besides its configuration. */
export interface HandlerContext {
  readonly executionId: string;
  readonly workflow: string;
  readonly path: string;
  readonly attempt: number;
  /** Pass it on to what you call: it stays the same while the outcome of a call is unknown. */
  readonly idempotencyKey: string;
  /** `undo`: the handler is asked to undo what a step did. */
  readonly kind: 'run' | 'undo';
  /** Of an undo: nobody knows whether the work was done. */
  readonly outcomeUnknown: boolean;
  /** Completes a deferred step. */
  readonly token: string;
  /** Fires on timeout, cancel and shutdown. */
  readonly signal: AbortSignal;
  readonly traceparent: string | null;
  /** Branches that an edge of the definition selects on; what is not among them leads nowhere. */
  readonly branches: readonly string[];
  /** How often the step is tried again after this attempt; known only where `branches` has any. */
  readonly retriesLeft: number;
  /** Reports how far the work is, from 0 to 1. Not certain to arrive. */
  progress(fraction: number): void;
  readonly log: HandlerLog;
}

/** What a handler is given when a step that it deferred is not wanted any more. */
export type CancelContext = Pick<
  HandlerContext,
  'executionId' | 'workflow' | 'path' | 'attempt' | 'idempotencyKey' | 'token' | 'traceparent' | 'log'
>;

export interface HandlerLog {
  info(message: string, fields?: Record<string, unknown>): void;
  warn(message: string, fields?: Record<string, unknown>): void;
  error(message: string, fields?: Record<string, unknown>): void;
}

/** An output that also names the branch taken. */
export class Outcome<T> {
  readonly output: T;
  readonly branch: string;

  constructor(output: T, branch: string) {
    this.output = output;
    this.branch = branch;
  }
}

/** Leaves the step WAITING until it is completed or failed by its token. */
export class Deferred {
  readonly note: string;

  constructor(note: string) {
    this.note = note;
  }
}

export interface HandlerDefinition<Config extends z.ZodType, Output extends z.ZodType, Branch extends string = string> {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly queue: string;
  readonly description: string;
  readonly config: Config;
  readonly output: Output;
  /** Named outcomes that edges can select on. `success`, `failure`, `always` and `error` are reserved. */
  readonly branches?: readonly Branch[];
  /** One attempt, in milliseconds. */
  readonly timeoutMs?: number;
  readonly retry?: Partial<RetryPolicy>;
  /** A configuration that parses. */
  readonly example: z.input<Config>;
  /** Claim checks in the configuration are opened before the handler runs, unless this is `pass`. */
  readonly claimChecks?: 'open' | 'pass';
  run(config: z.output<Config>, context: HandlerContext): Promise<z.input<Output> | Outcome<z.input<Output>> | Deferred>;
  /** Takes back what `run` deferred: nobody waits for it any more. Called at least once; what it throws is tried again. */
  cancel?(config: z.output<Config>, context: CancelContext): Promise<void>;
}

/** A handler of any configuration and output. */
export interface AnyHandler {
  readonly description: HandlerDescription;
  readonly config: z.ZodType;
  readonly output: z.ZodType;
  readonly claimChecks: 'open' | 'pass';
  run(config: unknown, context: HandlerContext): Promise<unknown>;
  readonly cancel?: (config: unknown, context: CancelContext) => Promise<void>;
}

/** A handler whose configuration, output and branches are known to the compiler: definitions in TypeScript are checked against it. */
export interface Handler<Config extends z.ZodType, Output extends z.ZodType, Branch extends string> extends AnyHandler {
  readonly config: Config;
  readonly output: Output;
  /** Of no value: it carries the type. */
  readonly branch?: Branch;
}

const reservedBranches = ['success', 'failure', 'always', 'error'];

/** Checks the definition and makes it a handler. Throws when its name, branches or example are wrong. */
export function defineHandler<Config extends z.ZodType, Output extends z.ZodType, Branch extends string = never>(
  definition: HandlerDefinition<Config, Output, Branch>,
): Handler<Config, Output, Branch> {
  const reserved = definition.branches?.filter((branch) => reservedBranches.includes(branch)) ?? [];
  if (reserved.length > 0) {
    throw new Error(`handler ${definition.name}: the branch names ${reserved.join(', ')} are reserved; choose others`);
  }
  const example = definition.config.safeParse(definition.example);
  if (!example.success)
    throw new Error(`handler ${definition.name}: its example does not parse: ${z.prettifyError(example.error)}`);
  const toJsonSchema = (schema: z.ZodType, io: 'input' | 'output') =>
    z.toJSONSchema(schema, { io, unrepresentable: 'any' }) as Record<string, Json>;
  const description = handlerDescriptionSchema.parse({
    name: definition.name,
    aliases: [...(definition.aliases ?? [])],
    queue: definition.queue,
    description: definition.description,
    configSchema: toJsonSchema(definition.config, 'input'),
    outputSchema: toJsonSchema(definition.output, 'input'),
    branches: [...(definition.branches ?? [])],
    timeoutMs: definition.timeoutMs,
    retry: definition.retry,
    example: definition.example as Json,
  });
  return {
    description,
    config: definition.config,
    output: definition.output,
    claimChecks: definition.claimChecks ?? 'open',
    run: (config, context) => definition.run(config as z.output<Config>, context),
    ...(definition.cancel && {
      cancel: async (config: unknown, context: CancelContext) => definition.cancel?.(config as z.output<Config>, context),
    }),
  };
}
