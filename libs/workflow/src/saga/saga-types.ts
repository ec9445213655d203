import type {
  Actor,
  CommandRecord,
  DispatchRef,
  ExecutionRecord,
  HeldTaskRef,
  HistoryEntry,
  Json,
  LifecycleNotice,
  RateLimit,
  SecretSlot,
  StepRecord,
  StepResult,
  TaskStart,
  TimerKey,
  TimerRecord,
} from '@jetsaga/contracts';
import type { Plan } from '../definition/plan.ts';

/** Steps are keyed by path. Steps that never left PENDING have no record. */
export interface ExecutionState {
  readonly execution: ExecutionRecord;
  readonly steps: ReadonlyMap<string, StepRecord>;
}

/** What is given to every decision as data: the time, and a number in [0, 1) for jitter. */
export interface Moment {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly entropy: number;
}

export type SagaEvent =
  | ({ readonly kind: 'result'; readonly result: StepResult } & Moment)
  | ({ readonly kind: 'started'; readonly start: TaskStart } & Moment)
  | ({ readonly kind: 'timer'; readonly timer: TimerRecord } & Moment)
  | ({ readonly kind: 'command'; readonly command: CommandRecord } & Moment)
  /** The message of this dispatch is proved lost. */
  | ({ readonly kind: 'lost'; readonly dispatch: DispatchRef } & Moment)
  /** There is room in the queue for this task, which was not sent when it was caused. */
  | ({ readonly kind: 'turn'; readonly dispatch: DispatchRef } & Moment)
  /** Its rate limit lets this task be sent. */
  | ({ readonly kind: 'released'; readonly task: HeldTaskRef } & Moment);

export type Effect =
  /** Send the task of this step: the record is in the new state. */
  | { readonly kind: 'dispatch'; readonly path: string; readonly task: 'run' | 'undo'; readonly secrets: readonly SecretSlot[] }
  /** Keep the task of this step until its rate limit lets it be sent. */
  | { readonly kind: 'hold'; readonly path: string; readonly rate: RateLimit }
  /** A task that was sent is not wanted any more: take it out of the queue, or tell its worker to stop. */
  | { readonly kind: 'withdraw'; readonly dispatch: DispatchRef; readonly reason: string }
  | { readonly kind: 'set_timer'; readonly timer: TimerRecord }
  | { readonly kind: 'clear_timer'; readonly timer: TimerKey }
  | {
      readonly kind: 'emit_event';
      readonly id: string;
      readonly type: string;
      readonly data: Json;
      readonly subject?: string;
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
  /** Sequence of its newest history entry, where it waited PENDING. */
  readonly historySeq?: number;
}

/** JSON behind claim checks that a decision asked for, by `$ref`. */
export type OpenedClaimChecks = ReadonlyMap<string, Json>;
