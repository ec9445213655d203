import { subjects, type Clock, type TaskStart } from '@jetsaga/contracts';
import type { NatsConnection } from '@nats-io/transport-node';
import type { RunningTask } from './running-task.ts';

export interface SweepTimes {
  readonly tickMs: number;
  /** Only tasks that run longer than this have their start announced: short ones pay nothing for it. */
  readonly announceAfterMs: number;
  /** Well inside the consumer's `ack_wait` of 30 s. */
  readonly keepAliveEveryMs: number;
  readonly progressEveryMs: number;
  /** How long a handler may go on after its signal has fired before its slot is given to another task. */
  readonly giveUpAfterMs: number;
}

export const sweepTimes: SweepTimes = {
  tickMs: 50,
  announceAfterMs: 250,
  keepAliveEveryMs: 8_000,
  progressEveryMs: 500,
  giveUpAfterMs: 10_000,
};

export interface SweepParts {
  readonly connection: NatsConnection;
  readonly clock: Clock;
  readonly worker: string;
  readonly times: SweepTimes;
  readonly runner: {
    timeOut(task: RunningTask): void;
    giveUp(task: RunningTask): void;
    reportProgress(task: RunningTask, progress: number): void;
  };
}

/**
 * One timer for all open tasks, which runs only while there are any: their timeouts, in-progress acknowledgements, announcements of
 * starts, progress.
 */
export class TaskSweep {
  readonly open = new Set<RunningTask>();
  private readonly parts: SweepParts;
  private cancel: (() => void) | null = null;

  constructor(parts: SweepParts) {
    this.parts = parts;
  }

  add(task: RunningTask): void {
    this.open.add(task);
    this.cancel ??= this.parts.clock.after(this.parts.times.tickMs, () => this.tick());
  }

  stop(): void {
    this.cancel?.();
    this.cancel = null;
    this.open.clear();
  }

  private tick(): void {
    this.cancel = null;
    const { clock, times } = this.parts;
    const now = clock.now();
    const starts: TaskStart[] = [];
    for (const task of this.open) {
      if (!task.reported) this.look(task, now, starts);
      if (!task.acknowledged && now - task.keptAliveAt >= times.keepAliveEveryMs) task.keepAlive(now);
      if (task.aborted && !task.settled && now - task.aborted.at >= times.giveUpAfterMs) this.parts.runner.giveUp(task);
    }
    this.announce(starts);
    if (this.open.size > 0) this.cancel = clock.after(times.tickMs, () => this.tick());
  }

  private look(task: RunningTask, now: number, starts: TaskStart[]): void {
    const { times, worker } = this.parts;
    if (now >= task.timeoutAt) {
      this.parts.runner.timeOut(task);
      return;
    }
    if (!task.startAnnounced && now - task.startedAt >= times.announceAfterMs) {
      task.startAnnounced = true;
      starts.push({ executionId: task.executionId, path: task.path, attempt: task.attempt, worker, at: task.startedAt });
    }
    const progress = task.takeProgress(now, times.progressEveryMs);
    if (progress !== null) this.parts.runner.reportProgress(task, progress);
  }

  private announce(starts: readonly TaskStart[]): void {
    if (starts.length === 0 || this.parts.connection.isClosed()) return;
    this.parts.connection.publish(subjects.taskStarts, JSON.stringify({ v: 1, starts }));
  }
}
