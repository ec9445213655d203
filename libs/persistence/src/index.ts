export { connectionOptions, type ConnectionOptions } from './connection-options.ts';
export { openDataSource, type OpenDataSourceOptions } from './open-data-source.ts';
export { openSagaDataSource } from './saga-data-source.ts';
export { plainPayloads, type PayloadCodec } from './payload-codec.ts';
export {
  DefinitionKeyTaken,
  DefinitionRepository,
  type AppliedDefinition,
  type DefinitionSummary,
  type DefinitionToApply,
  type VersionSummary,
} from './definitions/definition-repository.ts';
export type { Queryable } from './queries/queryable.ts';
export { executionById } from './queries/execution-by-id.ts';
export { searchExecutions, type ExecutionSearch } from './queries/search-executions.ts';
export { stepsOfExecution, type StepFilter } from './queries/steps-of-execution.ts';
export { historyOfExecution } from './queries/history-of-execution.ts';
export { slotWaitedFor } from './queries/slot-waited-for.ts';
export { queueBacklogs, type QueueBacklog } from './queries/queue-backlogs.ts';
export { deleteTerminalExecution } from './queries/delete-execution.ts';
export { knownHandlers, type KnownHandler } from './queries/known-handlers.ts';
export { knownWorkers, type KnownWorker } from './queries/known-workers.ts';
export { PgSagaStore, type PgSagaStoreOptions } from './saga/pg-saga-store.ts';
export { WorkerRegistry } from './registry/worker-registry.ts';
export {
  claimIdempotencyKey,
  forgetIdempotentResponses,
  releaseIdempotencyKey,
  storeIdempotentResponse,
  type IdempotencyClaim,
} from './queries/idempotent-responses.ts';
