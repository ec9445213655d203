export { Jetsaga, type SearchOptions, type StartOptions } from './jetsaga.ts';
export { JetsagaError, type ProblemDetail } from './jetsaga-error.ts';
export { Run, type WaitOptions } from './run.ts';
export { Definitions, type ApplyOptions } from './definitions.ts';
export type { BulkAction, BulkFilter, BulkJob } from './bulk.ts';
export { Documents } from './documents.ts';
export { Schedules } from './schedules.ts';
export { Tasks, type TaskSearch } from './tasks.ts';
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
  Task,
  Warning,
  Worker,
} from './shapes.ts';
export { workflow, type Workflow, type WorkflowFields } from './definition/workflow.ts';
export { Dag, type Body, type FilledBody } from './definition/dag.ts';
export type { HandlerReference, HandlerValue } from './definition/handler-value.ts';
export { NotJson } from './definition/plain-json.ts';
export type { JsonSchema, Template, Templated, TemplateText } from './definition/template.ts';
