export type { StartOrder, StartOutcome } from './start-order.ts';
export type { EngineContext, EngineObserver } from './engine-context.ts';
export { startCoordinatingEngine, startStartingEngine, type CoordinatingEngine, type StartingEngine } from './engine.ts';
export type { EventIntake, EventReceipt, RejectedStart } from './event-intake.ts';
export type { Starts } from './starts.ts';
export type { Commands } from './commands.ts';
export { scopeOf, type SagaLoop } from './saga-loop.ts';
export type { InputOutcome, SagaInput, SagaInputBody } from './saga-input.ts';
export { systemClock, systemRandom } from './real-ports.ts';
