import { subjects, type Clock, type HandlerDescription, type WorkerAnnouncement } from '@jetsaga/contracts';
import type { NatsConnection } from '@nats-io/transport-node';

export interface AnnouncerParts {
  readonly connection: NatsConnection;
  readonly clock: Clock;
  readonly worker: string;
  readonly service: string;
  readonly queues: readonly string[];
  readonly handlers: readonly HandlerDescription[];
  readonly concurrency: number;
  running(): number;
}

const everyMs = 5_000;
/** Who started together with this worker may not have listened yet: it says everything again soon, for a while. */
const eager = { everyMs: 500, times: 10 };

/** Tells the coordinators what this worker can do: at its start, every few seconds, and when it leaves. */
export class WorkerAnnouncer {
  private readonly parts: AnnouncerParts;
  private cancel: (() => void) | null = null;

  constructor(parts: AnnouncerParts) {
    this.parts = parts;
  }

  start(time = 0): void {
    this.announce(false);
    this.cancel = this.parts.clock.after(time < eager.times ? eager.everyMs : everyMs, () => this.start(time + 1));
  }

  leave(): void {
    this.cancel?.();
    this.cancel = null;
    this.announce(true);
  }

  private announce(leaving: boolean): void {
    const { connection, clock, worker, service, queues, handlers, concurrency } = this.parts;
    if (connection.isClosed()) return;
    const announcement: WorkerAnnouncement = {
      v: 1,
      worker,
      service,
      queues: [...queues],
      handlers: [...handlers],
      concurrency,
      running: this.parts.running(),
      at: clock.now(),
      leaving,
    };
    connection.publish(subjects.announcements, JSON.stringify(announcement));
  }
}
