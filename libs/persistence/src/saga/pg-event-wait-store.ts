import type {
  CommandRecord,
  EventInterest,
  EventKey,
  EventToKeep,
  EventWaiter,
  EventWaitStore,
  KeptEvent,
  WaitKey,
} from '@jetsaga/contracts';
import type { Pool } from 'pg';
import type { PayloadCodec } from '../payload-codec.ts';
import * as queries from './event-waits.ts';
import { giveCommands } from './waiting-writes.ts';

interface WaiterRow {
  execution_id: string;
  scope: string;
  node: string;
  name: string;
}

/** Waits for events, on Postgres. */
export class PgEventWaitStore implements EventWaitStore {
  private readonly pool: Pool;
  private readonly codec: PayloadCodec;

  constructor(pool: Pool, codec: PayloadCodec) {
    this.pool = pool;
    this.codec = codec;
  }

  async interests(): Promise<readonly EventInterest[]> {
    return (await this.pool.query<{ pattern: string; paths: string }>(queries.distinctInterests())).rows;
  }

  async keep(keys: readonly EventKey[], event: EventToKeep): Promise<void> {
    await this.pool.query(queries.keepEvent(keys, event, this.codec));
  }

  async waiters(keys: readonly EventKey[], after: WaitKey | null, limit: number): Promise<readonly EventWaiter[]> {
    return (await this.pool.query<WaiterRow>(queries.waitersFor(keys, after, limit))).rows.map(toWaiter);
  }

  async give(commands: readonly CommandRecord[]): Promise<void> {
    if (commands.length > 0) await this.pool.query(giveCommands(commands, this.codec));
  }

  async missedBy(wait: WaitKey, after: number, limit: number): Promise<readonly KeptEvent[]> {
    const { rows } = await this.pool.query<{ seq: string; event: string }>(queries.eventsMissedBy(wait, after, limit));
    return rows.map(({ seq, event }) => ({ position: Number(seq), event: this.codec.decode(event) }));
  }

  async caughtUp(wait: WaitKey): Promise<void> {
    await this.pool.query(queries.waitCaughtUp(wait));
  }

  async waitsBehind(before: number, limit: number): Promise<readonly EventWaiter[]> {
    return (await this.pool.query<WaiterRow>(queries.waitsBehind(before, limit))).rows.map(toWaiter);
  }

  async forget(limit: number): Promise<void> {
    await this.pool.query(queries.forgetKeptEvents(limit));
  }
}

function toWaiter({ execution_id, scope, node, name }: WaiterRow): EventWaiter {
  return { executionId: execution_id, scope, node, pattern: name };
}
