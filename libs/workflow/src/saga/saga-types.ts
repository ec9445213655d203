import type {
  Actor,
  CommandRecord,
  DispatchRef,
  ExecutionRecord,
  HistoryEntry,
  Json,
  LifecycleNotice,
  SecretSlot,
  SignalRecord,
  StepRecord,
  StepResult,
  TaskStart,
  TimerKey,
  TimerRecord,
} from '@jetsaga/contracts';
import type { Recipients } from './recipients.ts';
import type { Plan } from '../definition/plan.ts';
import type { Beginning } from './beginning.ts';

/** Steps are keyed by path. Steps that never left PENDING have no record. */
export interface ExecutionState {
  readonly execution: ExecutionRecord;
  readonly steps: ReadonlyMap<string, StepRecord>;
  /** Only the root's steps are sure to be there, and those of the scopes around and at what the event is about. */
  readonly isPartial?: boolean;
  /** What no step has taken yet, in the order in which it came; absent where the definition waits for no signals. */
  readonly signals?: readonly SignalRecord[];
}

/** What is given to every decision as data: the time, and a number in [0, 1) for jitter. */
export interface Moment {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly entropy: number;
  /** Whom signals are for, as far as decisions have asked for it. */
  readonly recipients?: Recipients;
}

export type SagaEvent =
  | ({ readonly kind: 'result'; readonly result: StepResult } & Moment)
  | ({ readonly kind: 'started'; readonly start: TaskStart } & Moment)
  | ({ readonly kind: 'timer'; readonly timer: TimerRecord } & Moment)
  | ({ readonly kind: 'command'; readonly command: CommandRecord } & Moment)
  /** The task was taken back before any worker had it. */
  | ({ readonly kind: 'withdrawn'; readonly dispatch: DispatchRef } & Moment)
  /** The message of this dispatch is proved lost. */
  | ({ readonly kind: 'lost'; readonly dispatch: DispatchRef } & Moment);

/** What the task of an undo says otherwise than the step's record. */
export interface UndoTask {
  readonly handler: string;
  readonly queue: string;
  readonly config: Json;
  readonly outcomeUnknown: boolean;
}

export type Effect =
  /** Send the task of this step: the record is in the new state. */
  | { readonly kind: 'dispatch'; readonly path: string; readonly undo?: UndoTask; readonly secrets: readonly SecretSlot[] }
  /** A task that was sent is not wanted any more: take it out of the queue, or tell its worker to stop. */
  | { readonly kind: 'withdraw'; readonly dispatch: DispatchRef; readonly reason: string }
  /** Tell the service that deferred this step that nobody waits for it any more; `step` as it was. */
  | {
      readonly kind: 'cancel_deferred';
      readonly step: StepRecord;
      readonly timeoutMs: number;
      readonly secrets: readonly SecretSlot[];
    }
  | { readonly kind: 'set_timer'; readonly timer: TimerRecord }
  | { readonly kind: 'clear_timer'; readonly timer: TimerKey }
  /** All timers of the execution that were held back are due at that time. */
  | { readonly kind: 'release_timers'; readonly at: number }
  | {
      readonly kind: 'emit_event';
      readonly id: string;
      readonly type: string;
      readonly data: Json;
      readonly subject?: string;
      readonly at: number;
    }
  /** Have an execution cancelled that a step of this one started. */
  | { readonly kind: 'cancel_child'; readonly executionId: string; readonly reason: string }
  /** Give each of these executions a signal. */
  | {
      readonly kind: 'send_signal';
      readonly to: readonly string[];
      readonly name: string;
      readonly payload: Json;
      readonly at: number;
    }
  | { readonly kind: 'lifecycle'; readonly notice: LifecycleNotice }
  | { readonly kind: 'history'; readonly entry: HistoryEntry };

/** Named, counted, and harmless: late and double messages end here. */
export type IgnoredReason =
  | 'execution_terminal'
  | 'unknown_step'
  | 'step_settled'
  | 'attempt_over'
  | 'not_open'
  | 'stale_timer'
  | 'stale_dispatch'
  | 'already_running'
  | 'filter_not_met'
  | 'wrong_state';

export type Decision =
  | { readonly kind: 'applied'; readonly state: ExecutionState; readonly effects: readonly Effect[] }
  | { readonly kind: 'ignored'; readonly reason: IgnoredReason };

export interface StartRequest {
  readonly plan: Plan;
  readonly executionId: string;
  readonly input: Json;
  readonly labels: Readonly<Record<string, string>>;
  readonly priority: ExecutionRecord['priority'];
  readonly by: Actor;
  readonly parent: ExecutionRecord['parent'];
  readonly depth: number;
  readonly traceparent: string | null;
  /** When the execution was accepted; differs from `at` where it waited PENDING. */
  readonly createdAt: number;
  /** Absent: it begins at the beginning. */
  readonly beginning?: Beginning;
  /** What came while it was PENDING. */
  readonly signals?: readonly SignalRecord[];
}

/** JSON behind claim checks that a decision asked for, by `$ref`. */
export type OpenedClaimChecks = ReadonlyMap<string, Json>;
