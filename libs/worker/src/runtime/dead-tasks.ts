import type { Clock } from '@jetsaga/contracts';
import type { DeadLetters, Delivery } from '@jetsaga/messaging';
import { taskOfMessageId } from '../task/read-task.ts';
import type { ResultSender } from './result-sender.ts';
import { stepReport } from './step-report.ts';
import type { WorkerMetrics } from './worker-metrics.ts';

export interface DeadTasksParts {
  readonly worker: string;
  readonly sender: ResultSender;
  readonly deadLetters: DeadLetters;
  readonly clock: Clock;
  readonly metrics: WorkerMetrics;
}

/** Puts tasks that nobody can do into the dead letters, and tells their executions, so that they go on by their rules. */
export class DeadTasks {
  private readonly parts: DeadTasksParts;
  private readonly burials = new Set<Promise<unknown>>();

  constructor(parts: DeadTasksParts) {
    this.parts = parts;
  }

  bury(delivery: Delivery, reason: string): void {
    const task = taskOfMessageId(delivery.messageId);
    // The execution is told first: should this process die in between, the message comes again.
    if (!task) {
      this.copy(delivery, reason);
      return;
    }
    const at = this.parts.clock.now();
    const error = { code: 'TASK_POISON', message: `the task cannot be done: ${reason}`.slice(0, 10_000), retryable: false };
    const text = stepReport(task, { outcome: 'failed', error, worker: this.parts.worker, startedAt: at, finishedAt: at });
    this.parts.sender.send({ text, stored: () => this.copy(delivery, reason) });
  }

  /** Resolves when no burial is under way. */
  async settled(): Promise<void> {
    while (this.burials.size > 0) await Promise.all(this.burials);
  }

  private copy(delivery: Delivery, reason: string): void {
    this.parts.metrics.deadTask();
    const burial = this.parts.deadLetters.bury(delivery, reason).finally(() => this.burials.delete(burial));
    this.burials.add(burial);
  }
}
