export type { Json, JsonObject } from './json.ts';
export {
  executionStatuses,
  isSettledStep,
  isTerminalExecution,
  stepStatuses,
  type ExecutionStatus,
  type StepStatus,
  type TerminalExecutionStatus,
} from './states.ts';
export { parseStepPath, scopesAround, stepPath, type StepAddress } from './step-path.ts';
export { errorShapeSchema, type ErrorShape } from './error-shape.ts';
export { parseDuration } from './duration.ts';
export { limits } from './limits.ts';
export {
  cancelMessageId,
  consumers,
  idempotencyKey,
  queueGroups,
  streams,
  subjects,
  taskMessageId,
  undoIdempotencyKey,
  type StreamName,
} from './subjects.ts';
export { secretSlotSchema, TASK_FORMAT, taskSchema, type SecretSlot, type Task } from './task.ts';
export {
  abortListSchema,
  RESULT_FORMAT,
  resultListSchema,
  resultReplySchema,
  stepResultSchema,
  taskStartListSchema,
  taskStartSchema,
  type AbortList,
  type ResultList,
  type ResultReply,
  type StepResult,
  type TaskStart,
} from './result.ts';
export {
  commandBodySchema,
  commandPokeSchema,
  statesTaking,
  signalNameSchema,
  type Actor,
  type CommandBody,
  type CommandKind,
  type CommandRecord,
} from './command.ts';
export { timerSetNoticeSchema, coordinatorPresenceSchema, type CoordinatorPresence } from './coordinator.ts';
export { cloudEventSchema, isEventType, type CloudEvent } from './cloud-event.ts';
export { lifecycleEvents, type LifecycleEvent } from './lifecycle.ts';
export {
  defaultRetryPolicy,
  defaultTimeoutMs,
  handlerDescriptionSchema,
  retryPolicySchema,
  workerAnnouncementSchema,
  type HandlerDescription,
  type RetryPolicy,
  type WorkerAnnouncement,
} from './handler.ts';
export { claimCheckSchema, isClaimCheck, type ClaimCheck, type ClaimChecks } from './claim-check.ts';
export {
  ROW_FORMAT,
  timerKinds,
  type DispatchRecord,
  type DispatchRef,
  type Ending,
  type ExecutionRecord,
  type HandlerFacts,
  type HistoryChunk,
  type HistoryEntry,
  type HistoryType,
  type LifecycleNotice,
  type OutboxBatch,
  type OutboxMessage,
  type Priority,
  type StartKey,
  type StepRecord,
  type StoredDefinition,
  type TimerKey,
  type TimerKind,
  type TimerRecord,
  type UndoRecord,
} from './records.ts';
export type { EventInterest, EventKey, RecipientQuery, SignalRecord, WaitingChanges, WaitKey, WaitRecord } from './waiting.ts';
export type { EventToKeep, EventWaiter, EventWaitStore, KeptEvent } from './ports/event-wait-store.port.ts';
export {
  StartKeyTaken,
  type DefinitionHead,
  type DispatchState,
  type LoadRequest,
  type SagaChanges,
  type SagaStore,
  type SagaTransaction,
  type StartTransaction,
} from './ports/saga-store.port.ts';
export type { ScheduleProgress, ScheduleStore, ScheduleToKeep } from './ports/schedule-store.port.ts';
export type { ClaimedSchedule, ScheduleOutcome, ScheduleRecord, ScheduleRun, ScheduleTimes } from './schedule.ts';
export type { Bus, PublishAcknowledgement, PublishOutcome, TaskStreamState, TaskToPublish } from './ports/bus.port.ts';
export { bulkActions, type BulkAction, type BulkFilter, type BulkJob } from './bulk.ts';
export type { BulkStore } from './ports/bulk-store.port.ts';
export type { Clock } from './ports/clock.port.ts';
export type { Random } from './ports/random.port.ts';
