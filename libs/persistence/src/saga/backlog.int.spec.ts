import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { BacklogTask } from '@jetsaga/contracts';
import { createTestDatabase, type TestDatabase } from '@jetsaga/testing';
import { randomUUID } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { openSagaDataSource } from '../saga-data-source.ts';
import { PgSagaStore } from './pg-saga-store.ts';

const now = 1_790_000_000_000;
const hour = 3_600_000;

describe('the backlog of a queue', () => {
  let database: TestDatabase;
  let dataSource: DataSource;
  let store: PgSagaStore;

  beforeAll(async () => {
    database = await createTestDatabase();
    dataSource = await openSagaDataSource({ url: database.url, applicationName: 'spec' });
    store = new PgSagaStore({ url: database.url, applicationName: 'spec', now: () => now });
  }, 60_000);

  afterAll(async () => {
    await store.close();
    await dataSource.destroy();
    await database.drop();
  });

  beforeEach(() => dataSource.query('TRUNCATE saga.backlog, saga.steps'));

  /** Queued steps whose tasks wait; `node` is the name by which the specs know them. */
  async function waits(...tasks: (Partial<BacklogTask> & { node: string })[]): Promise<void> {
    const added = tasks.map((task): BacklogTask => {
      const base = { executionId: randomUUID(), scope: '', attempt: 1, dispatch: 1, queue: 'q', fairKey: 'a', priority: 1 };
      return { ...base, rank: now + hour, ...task };
    });
    const transaction = await store.beginStarts({ workflows: [], keys: [], pending: [] });
    await transaction.commit({
      newExecutions: [],
      executions: [],
      steps: added.map(({ executionId, scope, node, attempt, dispatch, queue }) => ({
        ...{ executionId, scope, node, attempt, dispatch, queue },
        ...{ status: 'QUEUED' as const, handler: 'h', generation: 1, config: {}, branch: null, queuedAt: now, startedAt: null },
        ...{ finishedAt: null, worker: null, waitingFor: null, settledSeq: null },
      })),
      timersSet: [],
      timersCleared: [],
      timersStale: [],
      history: [],
      commandsHandled: [],
      startKeys: [],
      outbox: null,
      outboxDone: [],
      backlog: { added, gone: [] },
    });
  }

  const take = async (count: number, cursor = '') => {
    const { tasks, ...rest } = await store.takeBacklog('q', count, cursor);
    return { nodes: tasks.map((task) => task.node), ...rest };
  };

  it('is taken by priority, then by age', async () => {
    await waits(
      { node: 'low', priority: 2, rank: now + 3 * hour },
      { node: 'normal-2', rank: now + hour + 2 },
      { node: 'normal-1', rank: now + hour + 1 },
      { node: 'high', priority: 0, rank: now + 5 },
    );
    expect(await take(3)).toEqual({ nodes: ['high', 'normal-1', 'normal-2'], drained: false, cursor: '' });
    expect(await take(3)).toEqual({ nodes: ['low'], drained: true, cursor: '' });
    expect(await take(3)).toEqual({ nodes: [], drained: true, cursor: '' });
  });

  it('lets nothing starve: what has waited for long goes first', async () => {
    await waits({ node: 'high', priority: 0, rank: now - 1 }, { node: 'old', priority: 2, rank: now - 10, fairKey: 'a' });
    expect((await take(1)).nodes).toEqual(['old']);
  });

  it('is taken from each key in turn, within a priority', async () => {
    const of = (fairKey: string, count: number, more: Partial<BacklogTask> = {}) =>
      Array.from({ length: count }, (_, index) => ({ node: `${fairKey}${index}`, fairKey, rank: now + hour + index, ...more }));
    await waits(...of('big', 50), ...of('small', 2), ...of('urgent', 1, { priority: 0 }));
    expect((await take(6)).nodes).toEqual(['urgent0', 'big0', 'small0', 'big1', 'small1', 'big2']);
  });

  it('of many keys is gone through from key to key', async () => {
    const keys = Array.from({ length: 250 }, (_, index) => `k${String(index).padStart(3, '0')}`);
    await waits(...keys.map((fairKey) => ({ node: fairKey, fairKey })));
    const first = await take(300);
    expect(first).toMatchObject({ drained: false, cursor: 'k199' });
    const second = await take(300, first.cursor);
    expect(second).toMatchObject({ drained: true, cursor: '' });
    expect([...first.nodes, ...second.nodes].sort()).toEqual(keys);
  });

  it('throws away what nobody waits for any more', async () => {
    await waits({ node: 'cancelled' }, { node: 'retried' }, { node: 'wanted' });
    await dataSource.query(`UPDATE saga.steps SET status = 'CANCELLED' WHERE node = 'cancelled'`);
    await dataSource.query(`UPDATE saga.steps SET attempt = 2 WHERE node = 'retried'`);
    expect((await take(5)).nodes).toEqual(['wanted']);
    expect(await dataSource.query('SELECT node FROM saga.backlog')).toEqual([{ node: 'wanted' }]);
  });

  it('gives back what was taken and not sent, and counts what waits by queue', async () => {
    await waits({ node: 'x' }, { node: 'y' }, { node: 'z', queue: 'other' });
    expect(await store.backlogQueues()).toEqual(
      new Map([
        ['other', 1],
        ['q', 2],
      ]),
    );
    await take(5);
    expect(await store.backlogQueues()).toEqual(new Map([['other', 1]]));
    await store.giveBackBacklog(now);
    expect((await take(5)).nodes).toEqual([]);
    await store.giveBackBacklog(now + 1);
    expect((await take(5)).nodes.sort()).toEqual(['x', 'y']);
  });
});
