export { testWorkflow, type TestOptions, type TimedCommand } from './test-workflow.ts';
export type { CommandInput, WorkflowTest } from './workflow-test.ts';
export type { TestedStep, WorkflowReport } from './report.ts';
export type { EmittedEvent, HandlerCall, Ignored, SentSignal } from './observed.ts';
export { later, takes, type Later, type Stub, type StubContext, type Stubs, type Takes } from './stub.ts';
export { Deferred, Outcome, RetryableError, TerminalError } from '@jetsaga/worker';
export { WorkflowTestError } from './workflow-test-error.ts';
export type { TestedDefinition } from './tested-plan.ts';
