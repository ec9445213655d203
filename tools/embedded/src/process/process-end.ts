import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive } from './process-identity.ts';

export interface SignalStep {
  readonly signal: NodeJS.Signals;
  /** How long to wait for the end before the next step. */
  readonly waitMs: number;
}

/** Sends one signal after the other until the process is gone. Throws when it outlives them all. */
export async function endProcess(pid: number, steps: readonly SignalStep[]): Promise<void> {
  for (const { signal, waitMs } of steps) {
    try {
      process.kill(pid, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ESRCH') return;
      throw error;
    }
    if (await isGone(pid, waitMs)) return;
  }
  throw new Error(`process ${pid} outlived ${steps.map((step) => step.signal).join(', ')}`);
}

/** Whether the process ends within the time. */
export async function isGone(pid: number, withinMs: number): Promise<boolean> {
  const deadline = performance.now() + withinMs;
  for (let pauseMs = 5; isAlive(pid); pauseMs = Math.min(pauseMs * 2, 100)) {
    if (performance.now() > deadline) return false;
    await sleep(pauseMs);
  }
  return true;
}
