import { createHash } from 'node:crypto';
import {
  isClaimCheck,
  limits,
  stepPath,
  type CloudEvent,
  type CommandRecord,
  type EventWaiter,
  type EventWaitStore,
  type Json,
  type WaitKey,
} from '@jetsaga/contracts';
import { keyOfEvent, matchesEventPattern } from '@jetsaga/workflow';
import type { EngineContext } from './engine-context.ts';
import { Fresh } from './fresh.ts';
import { pokeMessages } from './poke-messages.ts';
import { isTransient } from './store-errors.ts';

const waitersAtOnce = 500;
const eventsAtOnce = 200;

/**
 * Brings events and the steps that wait for them together. An event is kept first and its waiters are looked for after that; a step is on record
 * as waiting first and its events are looked for after that. So whichever comes first, one of the two finds the other.
 *
 * What is found becomes a command to the execution, under an id that follows from event and step: giving it twice changes nothing.
 */
export class EventWaits {
  private readonly context: EngineContext;
  private readonly store: EventWaitStore;
  private readonly interests: Fresh<Awaited<ReturnType<EventWaitStore['interests']>>>;

  constructor(context: EngineContext) {
    this.context = context;
    this.store = context.store.eventWaits;
    this.interests = new Fresh(() => this.store.interests());
  }

  /** Durable when it resolves: who waits has got the event, and who may come to wait will find it. `started`: what the event has started. */
  async take(event: CloudEvent, started: readonly string[]): Promise<void> {
    const interests = (await this.interests.get()).filter(({ pattern }) => matchesEventPattern(pattern, event.type));
    if (interests.length === 0) return;
    const data = await this.dataOf(event);
    const keys = interests.map((interest) => keyOfEvent(interest, data)).filter((key) => key !== undefined);
    if (keys.length === 0) return;
    const kept = await this.withoutLargeData(event);
    await this.store.keep(keys, { identity: `${event.source}#${event.id}`, event: kept, started });
    for (let after: WaitKey | null = null; ;) {
      const waiters: readonly EventWaiter[] = await this.store.waiters(keys, after, waitersAtOnce);
      const wanting = waiters.filter(
        ({ executionId, pattern }) => matchesEventPattern(pattern, event.type) && !started.includes(executionId),
      );
      await this.give(wanting.map((waiter) => this.command(waiter, kept, 0)));
      if (waiters.length < waitersAtOnce) return;
      after = waiters[waiters.length - 1] ?? null;
    }
  }

  /** Gives a step that began to wait the events that had come since its execution started. */
  async catchUp(wait: EventWaiter): Promise<void> {
    for (let after = 0; ;) {
      const missed = await this.store.missedBy(wait, after, eventsAtOnce);
      const wanted = missed.filter(({ event }) => matchesEventPattern(wait.pattern, event.type));
      await this.give(wanted.map(({ event }, index) => this.command(wait, event, index)));
      if (missed.length < eventsAtOnce) break;
      after = missed[missed.length - 1]?.position ?? after;
    }
    await this.store.caughtUp(wait);
  }

  /** What the values of `match` are compared with. Behind a claim check that cannot be opened there is nothing to compare. */
  private async dataOf({ data }: CloudEvent): Promise<Json | undefined> {
    if (!isClaimCheck(data)) return data;
    try {
      return await this.context.claimChecks.open(data, limits.openedClaimCheckBytes);
    } catch (error) {
      if (isTransient(error)) throw error;
      this.context.observer.failed('event data', error);
      return undefined;
    }
  }

  private async withoutLargeData(event: CloudEvent): Promise<CloudEvent> {
    return event.data === undefined ? event : { ...event, data: (await this.context.claimChecks.check(event.data)) as Json };
  }

  private command({ executionId, scope, node }: EventWaiter, event: CloudEvent, index: number): CommandRecord {
    const path = stepPath(scope, node);
    return {
      id: nameUuid(`${event.source}#${event.id}`, executionId, path),
      executionId,
      body: { kind: 'event', path, event },
      by: `event:${event.source}`,
      // A microsecond apart, so that they are looked at in the order in which they came.
      at: this.context.clock.now() + index / 1_000,
    };
  }

  private async give(commands: readonly CommandRecord[]): Promise<void> {
    if (commands.length === 0) return;
    await this.store.give(commands);
    const ids = commands.map(({ executionId }) => executionId);
    void this.context.bus.publish(pokeMessages(ids, 'event', this.context.random));
  }
}

/** A UUID of version 8 (RFC 9562, section 5.8), made from these names. */
function nameUuid(...names: readonly string[]): string {
  const bytes = createHash('sha256').update(JSON.stringify(names)).digest().subarray(0, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
