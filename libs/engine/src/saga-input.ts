import type { DispatchRef, HeldTaskRef, StepResult, TaskStart, TimerRecord } from '@jetsaga/contracts';

/** What makes the coordinator look at an execution. A poke says that commands wait for it in Postgres. */
export type SagaInputBody =
  | { readonly kind: 'result'; readonly result: StepResult }
  | { readonly kind: 'started'; readonly start: TaskStart }
  | { readonly kind: 'timer'; readonly timer: TimerRecord }
  | { readonly kind: 'lost'; readonly dispatch: DispatchRef }
  | { readonly kind: 'turn'; readonly dispatch: DispatchRef }
  | { readonly kind: 'released'; readonly task: HeldTaskRef }
  | { readonly kind: 'poke' };

export type InputOutcome =
  /** Committed, or ignored for a named reason: it need not come again. */
  | { readonly kind: 'done' }
  | { readonly kind: 'unknown_execution' }
  /** Postgres could not be reached: it should come again. */
  | { readonly kind: 'unavailable'; readonly error: unknown }
  /** It makes the transaction fail whenever it is tried. */
  | { readonly kind: 'poison'; readonly error: unknown };

export interface SagaInput {
  readonly executionId: string;
  /** Scope of the step it is about; the root for what is about the execution itself. */
  readonly scope: string;
  readonly body: SagaInputBody;
  /** Called exactly once. */
  readonly settle: (outcome: InputOutcome) => void;
}

/** The step fails with this instead of a result that cannot be recorded, so that its execution goes on by its rules. */
export function poisonedResult(result: StepResult, error: unknown): StepResult {
  const message = error instanceof Error ? error.message : String(error);
  const { output: _output, branch: _branch, usage: _usage, ...rest } = result;
  return {
    ...rest,
    outcome: 'failed',
    error: {
      code: 'RESULT_POISON',
      message: `the result of the step cannot be recorded: ${message.replaceAll('\0', '').slice(0, 500)}`,
      retryable: false,
    },
  };
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Ids of executions are UUIDs; anything else is the id of none. */
export function isExecutionId(text: string): boolean {
  return uuid.test(text);
}
