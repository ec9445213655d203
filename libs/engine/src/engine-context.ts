import type { Bus, ClaimChecks, Clock, Random, SagaStore } from '@jetsaga/contracts';

/** What the engine tells about itself: for metrics and logs. */
export interface EngineObserver {
  /** A message that changed nothing, by reason. */
  ignored(reason: string): void;
  batch(inputs: number, executions: number, durationMs: number): void;
  started(executions: number): void;
  /** A terminal execution, by status. */
  ended(status: string): void;
  redispatched(tasks: number): void;
  failed(what: string, error: unknown): void;
}

/** The world as the engine sees it: four ports, the claim checks, and somebody to tell. */
export interface EngineContext {
  readonly store: SagaStore;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly random: Random;
  readonly claimChecks: ClaimChecks;
  readonly observer: EngineObserver;
}
