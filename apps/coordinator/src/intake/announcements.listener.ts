import { queueGroups, subjects, workerAnnouncementSchema, type Bus, type WorkerAnnouncement } from '@jetsaga/contracts';
import { listen, type NatsConnection, type Serving } from '@jetsaga/messaging';
import type { WorkerRegistry } from '@jetsaga/persistence';
import type { Logger } from '@jetsaga/telemetry';

const flushEveryMs = 200;
/** Workers announce themselves every 5 s. */
const silentAfterMs = 20_000;
const forgetEveryMs = 5_000;

/** Records what workers announce, gathered for a moment, and makes the consumers of their queues. */
export class AnnouncementsListener {
  private readonly serving: Serving;
  private readonly gathered: WorkerAnnouncement[] = [];
  private readonly ensured = new Set<string>();
  private readonly flushTimer: NodeJS.Timeout;
  private readonly forgetTimer: NodeJS.Timeout;
  private working: Promise<void> = Promise.resolve();
  private readonly registry: WorkerRegistry;
  private readonly bus: Pick<Bus, 'ensureQueue'>;
  private readonly log: Logger;

  constructor(connection: NatsConnection, parts: { registry: WorkerRegistry; bus: Pick<Bus, 'ensureQueue'>; log: Logger }) {
    this.registry = parts.registry;
    this.bus = parts.bus;
    this.log = parts.log;
    this.serving = listen(
      connection,
      subjects.announcements,
      (message) => this.gathered.push(workerAnnouncementSchema.parse(message.json())),
      { queueGroup: queueGroups.coordinators, log: parts.log },
    );
    this.flushTimer = setInterval(() => this.next(() => this.flush()), flushEveryMs);
    this.forgetTimer = setInterval(() => {
      // The streams may have been made anew meanwhile: the next announcement makes sure of its queue again.
      this.ensured.clear();
      this.next(() => this.registry.forgetSilent(silentAfterMs));
    }, forgetEveryMs);
  }

  async stop(): Promise<void> {
    await this.serving.stop();
    clearInterval(this.flushTimer);
    clearInterval(this.forgetTimer);
    this.next(() => this.flush());
    await this.working;
  }

  private next(work: () => Promise<void>): void {
    this.working = this.working.then(work).catch((error: unknown) => {
      this.log.error({ err: error }, "workers' announcements cannot be recorded at the moment; they come again");
    });
  }

  private async flush(): Promise<void> {
    const announcements = this.gathered.splice(0);
    if (announcements.length === 0) return;
    for (const queue of new Set(announcements.flatMap((announcement) => announcement.queues))) {
      if (this.ensured.has(queue)) continue;
      await this.bus.ensureQueue(queue);
      this.ensured.add(queue);
    }
    await this.registry.record(announcements);
  }
}
