export {
  defineHandler,
  Deferred,
  Outcome,
  type AnyHandler,
  type CancelContext,
  type HandlerContext,
  type HandlerDefinition,
  type HandlerLog,
  type Handler,
} from './define-handler.ts';
export { RetryableError, TerminalError } from './handler-errors.ts';
export { handlerProblems } from './handler-problems.ts';
export { HandlerRegistry } from './handler-registry.ts';
export { environmentSecrets, type SecretProvider } from './secrets/secret-provider.ts';
export { runWorker, type Worker, type WorkerOptions } from './runtime/run-worker.ts';
export type { SweepTimes } from './runtime/task-sweep.ts';
export { stepFailure, type StepFailure } from './task/step-failure.ts';
export type { StepOutcome } from './task/step-outcome.ts';
export { tryHandler } from './try-handler.ts';
