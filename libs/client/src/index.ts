export { Jetsaga, type SearchOptions, type StartOptions } from './jetsaga.ts';
export { JetsagaError, type ProblemDetail } from './jetsaga-error.ts';
export { Run, type WaitOptions } from './run.ts';
export { Definitions, type ApplyOptions } from './definitions.ts';
export { Documents } from './documents.ts';
export { Tasks, type TaskSearch } from './tasks.ts';
export type { ServerOptions } from './server.ts';
export type {
  Attempt,
  Definition,
  DefinitionHead,
  Document,
  EventReceipt,
  Execution,
  ExecutionEvent,
  Handler,
  Health,
  HealthPart,
  HistoryItem,
  Ingestion,
  Page,
  Queue,
  Receipt,
  Result,
  SearchHit,
  Step,
  Task,
  Warning,
  Worker,
} from './shapes.ts';
