import type { ErrorShape, ExecutionStatus, Json, StepRecord, StepStatus } from '@jetsaga/contracts';
import type { EmittedEvent, HandlerCall, Ignored, SentSignal } from './observed.ts';
import type { VirtualExecution } from './virtual-execution.ts';

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

/** What has come of an execution so far. */
export interface WorkflowReport {
  readonly status: ExecutionStatus;
  readonly output: Json | undefined;
  readonly error: ErrorShape | undefined;
  /** Every step by path; those of the definition's own nodes also while they are PENDING. */
  readonly steps: Readonly<Record<string, TestedStep>>;
  /** The path taken: the steps that ran, in the order in which they began. */
  readonly taken: readonly string[];
  /** Steps that wait for somebody or for a time. */
  readonly waiting: readonly string[];
  /** What was published by `emit_event`, in order. */
  readonly events: readonly EmittedEvent[];
  /** Every attempt that a handler was asked for, in order. */
  readonly calls: readonly HandlerCall[];
  /** What `send_signal` sent to others, in order. */
  readonly signals: readonly SentSignal[];
  /** Commands and reports that came too late, twice or for nothing: they changed nothing. */
  readonly ignored: readonly Ignored[];
  /** From the start to the end, or to now while it has not ended; milliseconds of virtual time. */
  readonly durationMs: number;
  readonly now: Date;
}

export function reportOf(execution: VirtualExecution): WorkflowReport {
  const { record, now } = execution;
  const steps = [...execution.steps].map(([path, step]) => testedStep(path, step));
  return {
    status: record.status,
    output: record.output,
    error: record.error,
    steps: Object.fromEntries(steps.map((step) => [step.path, step])),
    taken: [...execution.taken],
    waiting: steps.filter((step) => step.status === 'WAITING').map(({ path }) => path),
    events: [...execution.events],
    calls: [...execution.calls],
    signals: [...execution.signals],
    ignored: [...execution.ignored],
    durationMs: (record.finishedAt ?? now) - (record.startedAt ?? now),
    now: new Date(now),
  };
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
