import { coordinatorPresenceSchema, subjects, type CoordinatorPresence } from '@jetsaga/contracts';
import type { SagaLoop } from '@jetsaga/engine';
import { listen, type NatsConnection, type Serving } from '@jetsaga/messaging';
import type { Logger } from '@jetsaga/telemetry';

const announceEveryMs = 500;
/** Three announcements missed. */
const silentAfterMs = 1_600;
/** A helper stays that long after it was last needed, so that a load at the edge does not move results to and fro. */
const helpForMs = 30_000;

export interface ResultsRotaParts {
  readonly connection: NatsConnection;
  /** This coordinator, and when it started. */
  readonly id: string;
  readonly since: number;
  readonly loop: Pick<SagaLoop, 'takeBatchCounts'>;
  readonly log: Logger;
  /** Starts taking results. */
  readonly take: () => Serving;
}

type Colleague = Pick<CoordinatorPresence, 'coordinator' | 'since' | 'saturated'>;

/**
 * Whether a coordinator takes results: the oldest one always, each other one while the one before it does and is saturated. So
 * few transactions do the work as long as one coordinator follows, and all help where it does not.
 */
export function takesResults(self: Colleague, others: readonly Colleague[]): boolean {
  return others.every((other) => !isBefore(other, self) || other.saturated);
}

function isBefore(one: Colleague, other: Colleague): boolean {
  return one.since < other.since || (one.since === other.since && one.coordinator < other.coordinator);
}

/**
 * Keeps coordinators from sharing work that one of them can do: two of them commit smaller batches, which costs more and brings
 * nothing. They tell each other that they are there and whether their transactions are full; nothing rests on it. What nobody
 * takes, or one that has stalled, comes through the stream SAGA, which all of them consume.
 *
 * Modes: taking ⇄ standing by (as `takesResults` says; taking until it has heard of another) → stopped (`stop`).
 */
export class ResultsRota {
  private readonly parts: ResultsRotaParts;
  private readonly others = new Map<string, Colleague & { readonly heardAt: number }>();
  private readonly presence: Serving;
  private readonly timer: NodeJS.Timeout;
  private serving: Serving | null;
  private leaving: Promise<void> = Promise.resolve();
  private saturatedAt = -Infinity;

  constructor(parts: ResultsRotaParts) {
    this.parts = parts;
    this.serving = parts.take();
    this.presence = listen(
      parts.connection,
      subjects.coordinatorPresence,
      (message) => this.heard(coordinatorPresenceSchema.parse(message.json())),
      { log: parts.log },
    );
    this.timer = setInterval(() => this.tick(), announceEveryMs);
    this.announce(false);
  }

  get taking(): boolean {
    return this.serving !== null;
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    this.announce(true);
    await this.presence.stop();
    await Promise.all([this.leaving, this.serving?.stop()]);
  }

  private heard(presence: CoordinatorPresence): void {
    if (presence.coordinator === this.parts.id) return;
    const isNew = !this.others.has(presence.coordinator);
    if (presence.leaving) this.others.delete(presence.coordinator);
    else this.others.set(presence.coordinator, { ...presence, heardAt: performance.now() });
    // Whoever is new is told at once whom it joins.
    if (isNew && !presence.leaving) this.announce(false);
    this.decide();
  }

  private tick(): void {
    const { taken, full } = this.parts.loop.takeBatchCounts();
    if (taken > 0 && full * 2 >= taken) this.saturatedAt = performance.now();
    const horizon = performance.now() - silentAfterMs;
    for (const [id, other] of this.others) if (other.heardAt < horizon) this.others.delete(id);
    this.announce(false);
    this.decide();
  }

  private get self(): Colleague {
    const saturated = this.serving !== null && performance.now() - this.saturatedAt < helpForMs;
    return { coordinator: this.parts.id, since: this.parts.since, saturated };
  }

  private announce(leaving: boolean): void {
    const { connection } = this.parts;
    if (connection.isClosed()) return;
    const presence: CoordinatorPresence = { v: 1, ...this.self, leaving };
    connection.publish(subjects.coordinatorPresence, JSON.stringify(presence));
  }

  private decide(): void {
    const wanted = takesResults(this.self, [...this.others.values()]);
    if (wanted === this.taking) return;
    const { log, take } = this.parts;
    if (wanted) {
      log.info({ coordinators: this.others.size + 1 }, 'takes results');
      this.serving = take();
      return;
    }
    log.info({ coordinators: this.others.size + 1 }, 'stands by: an older coordinator takes the results');
    this.leaving = Promise.all([this.leaving, this.serving?.stop()]).then(() => undefined);
    this.serving = null;
  }
}
