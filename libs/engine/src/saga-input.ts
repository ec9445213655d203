import type { DispatchRef, StepResult, TaskStart, TimerRecord } from '@jetsaga/contracts';

/** What makes the coordinator look at an execution. A poke says that commands wait for it in Postgres. */
export type SagaInputBody =
  | { readonly kind: 'result'; readonly result: StepResult }
  | { readonly kind: 'started'; readonly start: TaskStart }
  | { readonly kind: 'timer'; readonly timer: TimerRecord }
  | { readonly kind: 'lost'; readonly dispatch: DispatchRef }
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
