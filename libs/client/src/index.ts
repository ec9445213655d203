export { Jetsaga, type SearchOptions, type StartOptions } from './jetsaga.ts';
export { JetsagaError, type ProblemDetail } from './jetsaga-error.ts';
export { Run, type WaitOptions } from './run.ts';
export { Definitions, type ApplyOptions } from './definitions.ts';
export type { BulkAction, BulkFilter, BulkJob } from './bulk.ts';
export { Documents } from './documents.ts';
export { Schedules } from './schedules.ts';
export type { ServerOptions } from './server.ts';
export type {
  Attempt,
  BackfilledRun,
  Definition,
  DefinitionDiff,
  DefinitionHead,
  Document,
  EventReceipt,
  Execution,
  ExecutionEvent,
  FieldDiff,
  Handler,
  Health,
  HealthPart,
  HistoryItem,
  Ingestion,
  Page,
  Queue,
  Receipt,
  Result,
  Scope,
  Schedule,
  ScheduleRun,
  SearchHit,
  Step,
  Warning,
  Worker,
} from './shapes.ts';
