export {
  defineHandler,
  Deferred,
  Outcome,
  type AnyHandler,
  type HandlerContext,
  type HandlerDefinition,
  type HandlerLog,
} from './define-handler.ts';
export { RetryableError, TerminalError } from './handler-errors.ts';
