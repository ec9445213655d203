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
export { parseStepPath, stepPath, type StepAddress } from './step-path.ts';
export { errorShapeSchema, type ErrorShape } from './error-shape.ts';
export { parseDuration } from './duration.ts';
export { limits } from './limits.ts';
export { consumers, idempotencyKey, queueGroups, streams, subjects, taskMessageId, type StreamName } from './subjects.ts';
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
  type Actor,
  type CommandBody,
  type CommandKind,
  type CommandRecord,
} from './command.ts';
export { releasePokeSchema, type HeldTask, type HeldTaskRef, type RateLimit, type ReleasedTasks } from './held-task.ts';
export type { BacklogTask, TakenBacklog } from './backlog.ts';
export { slotPokeSchema, type LockedSlotGroup, type SlotChanges, type SlotClaim, type SlotGroup } from './slot.ts';
export { coordinatorPresenceSchema, type CoordinatorPresence } from './coordinator.ts';
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
} from './records.ts';
export {
  StartKeyTaken,
  type CommitReport,
  type DefinitionHead,
  type DispatchState,
  type LoadRequest,
  type SagaChanges,
  type SagaStore,
  type SagaTransaction,
  type StartTransaction,
} from './ports/saga-store.port.ts';
export type { Bus, PublishAcknowledgement, PublishOutcome, TaskStreamState, TaskToPublish } from './ports/bus.port.ts';
export type { Clock } from './ports/clock.port.ts';
export type { Random } from './ports/random.port.ts';
