import {
  commandBodySchema,
  type CommandBody,
  type ErrorShape,
  type ExecutionStatus,
  type Json,
  type StepRecord,
  type StepStatus,
} from '@jetsaga/contracts';
import { Outcome, TerminalError } from '@jetsaga/worker';
import type { Plan } from '@jetsaga/workflow';
import { VirtualExecution, type EmittedEvent, type HandlerCall, type Ignored } from './virtual-execution.ts';
import type { Stubs } from './stub.ts';
import { durationOf } from './virtual-time.ts';
import { WorkflowTestError } from './workflow-test-error.ts';

export type { EmittedEvent, HandlerCall, Ignored } from './virtual-execution.ts';

/** What an operator may ask of the execution; fields with defaults may be left out. */
export type CommandInput = CommandBody extends infer Body
  ? Body extends { kind: infer Kind }
    ? { readonly kind: Kind } & Partial<Omit<Body, 'kind'>>
    : never
  : never;

/** A step as the test sees it. */
export interface TestedStep {
  readonly path: string;
  readonly handler: string;
  readonly status: StepStatus;
  readonly attempt: number;
  readonly branch?: string;
  readonly config?: Json;
  readonly output?: Json;
  readonly error?: ErrorShape;
  /** What a WAITING or RETRYING step waits for, in words. */
  readonly waitingFor?: string;
}

/** An execution in virtual time, as far as it has come. What is read of it is plain data. */
export class WorkflowTest {
  private readonly execution: VirtualExecution;

  private constructor(execution: VirtualExecution) {
    this.execution = execution;
  }

  static start(request: {
    plan: Plan;
    input: Json;
    handlers: Stubs;
    labels: Record<string, string>;
    startedAt: number;
  }): WorkflowTest {
    return new WorkflowTest(new VirtualExecution(request));
  }

  get status(): ExecutionStatus {
    return this.execution.record.status;
  }

  get output(): Json | undefined {
    return this.execution.record.output;
  }

  get error(): ErrorShape | undefined {
    return this.execution.record.error;
  }

  /** Every step by path; those of the definition's own nodes also while they are PENDING. */
  get steps(): Readonly<Record<string, TestedStep>> {
    return Object.fromEntries([...this.execution.steps].map(([path, step]) => [path, testedStep(path, step)]));
  }

  /** The path taken: the steps that ran, in the order in which they began. */
  get taken(): readonly string[] {
    return [...this.execution.taken];
  }

  /** Steps that wait for somebody or for a time. */
  get waiting(): readonly string[] {
    return Object.values(this.steps).flatMap(({ path, status }) => (status === 'WAITING' ? [path] : []));
  }

  /** What was published by `emit_event`, in order. */
  get events(): readonly EmittedEvent[] {
    return this.execution.events;
  }

  /** Every attempt that a handler was asked for, in order. */
  get calls(): readonly HandlerCall[] {
    return this.execution.calls;
  }

  /** Commands and reports that came too late, twice or for nothing: they changed nothing. */
  get ignored(): readonly Ignored[] {
    return this.execution.ignored;
  }

  /** From the start to the end, or to now while it has not ended; milliseconds of virtual time. */
  get durationMs(): number {
    const { startedAt, finishedAt } = this.execution.record;
    return (finishedAt ?? this.execution.now) - (startedAt ?? this.execution.now);
  }

  get now(): Date {
    return new Date(this.execution.now);
  }

  /** One step; one that is not there is an error that names those that are. */
  step(path: string): TestedStep {
    const found = this.steps[path];
    if (found) return found;
    throw new WorkflowTestError('STEP_NOT_OPEN', `there is no step ${path}; there are ${Object.keys(this.steps).join(', ')}`);
  }

  /** Lets so much virtual time pass, with all that is due in it. */
  async advance(duration: string | number): Promise<this> {
    await this.execution.runUntil(this.execution.now + durationOf(duration));
    return this;
  }

  /** Goes on until nothing is due any more. */
  async finish(): Promise<this> {
    await this.execution.runToRest();
    return this;
  }

  /** Completes a step that was deferred, and goes on to the end. */
  async complete(path: string, output: Json = null, options: { readonly branch?: string } = {}): Promise<this> {
    const { branch } = options;
    await this.execution.settle(path, branch === undefined ? output : new Outcome(output, branch));
    return this.finish();
  }

  /** Fails a step that was deferred, for good unless an error is given that may be retried, and goes on to the end. */
  async fail(path: string, error: { readonly code: string; readonly message: string } | Error): Promise<this> {
    const thrown = error instanceof Error ? error : new TerminalError(error.code, error.message);
    await this.execution.settle(path, () => {
      throw thrown;
    });
    return this.finish();
  }

  /** Cancels it now, and goes on to the end. */
  cancel(options: { readonly reason?: string; readonly compensate?: boolean } = {}): Promise<this> {
    return this.command({ kind: 'cancel', ...options });
  }

  /** Gives a command now, and goes on to the end. */
  async command(command: CommandInput): Promise<this> {
    this.plan(command, this.execution.now);
    return this.finish();
  }

  /** Puts a command down for a virtual time. */
  plan(command: CommandInput, at: number): void {
    const parsed = commandBodySchema.safeParse(command);
    if (!parsed.success) {
      const kinds = commandBodySchema.options.map((option) => option.shape.kind.value).join(', ');
      throw new WorkflowTestError('INVALID_COMMAND', `there is no such command; kinds are ${kinds}: ${parsed.error.message}`);
    }
    this.execution.give(parsed.data, at);
  }
}

function testedStep(path: string, step: Omit<StepRecord, 'executionId'>): TestedStep {
  const { handler, status, attempt, branch, config, output, error, waitingFor } = step;
  return {
    path,
    handler,
    status,
    attempt,
    ...(branch !== null && { branch }),
    ...(config !== undefined && { config }),
    ...(output !== undefined && { output }),
    ...(error && { error }),
    ...(waitingFor !== null && { waitingFor }),
  };
}
