import { setTimeout as sleep } from 'node:timers/promises';

export interface EventuallyOptions {
  /** Default 5 s. */
  readonly timeoutMs?: number;
  readonly intervalMs?: number;
}

/** Runs the check until it no longer throws, and returns what it returned. After the time it throws what the check threw last. */
export async function eventually<T>(check: () => T | Promise<T>, options: EventuallyOptions = {}): Promise<T> {
  const deadline = performance.now() + (options.timeoutMs ?? 5_000);
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await sleep(options.intervalMs ?? 20);
    }
  }
}
