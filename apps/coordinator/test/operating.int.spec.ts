import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { BulkFilter, CommandBody, Json } from '@jetsaga/contracts';
import { PgBulkStore, plainPayloads } from '@jetsaga/persistence';
import { eventually } from '@jetsaga/testing';
import { defineHandler, TerminalError } from '@jetsaga/worker';
import { z } from 'zod';
import { CoordinatorHarness } from './coordinator-harness.ts';

const queue = 'booking';
/** What the handlers were asked to do, in order. */
let calls: { what: string; kind: string; key: string; unknown: boolean }[] = [];
const broken = new Set<string>();

/** Books or cancels `what`; `hang` waits for the abort signal. */
const book = defineHandler({
  name: 'book',
  queue,
  description: 'Notes what it was asked to do.',
  config: z.object({ what: z.string(), hang: z.boolean().default(false) }),
  output: z.object({ booked: z.string() }),
  example: { what: 'a flight' },
  run: async ({ what, hang }, { kind, idempotencyKey: key, outcomeUnknown: unknown, signal }) => {
    calls.push({ what, kind, key, unknown });
    if (hang) await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    if (broken.has(what)) throw new TerminalError('NO_WAY', `${what} cannot be done`);
    return { booked: what };
  },
});

const late = {
  name: 'unbook',
  queue: 'late',
  description: 'Cancels a booking.',
  config: z.object({ what: z.string() }),
  output: z.object({}),
  example: { what: 'a flight' },
};

const bookable = (id: string, needs: string[] = [], more: { [field: string]: Json } = {}) => ({
  id,
  handler: 'book',
  dependencies: needs,
  config: { what: id },
  compensate: { handler: 'book', config: { what: `no ${id}` } },
  ...more,
});

describe('sagas and operators, on real servers', () => {
  let harness: CoordinatorHarness;

  beforeAll(async () => {
    harness = await CoordinatorHarness.open();
    await harness.startCoordinator();
    await harness.startWorker([book]);
    await harness.apply(
      'trip',
      { dag: { nodes: [bookable('flight'), bookable('hotel', ['flight']), bookable('pay', ['hotel'])] } },
      queue,
      ['book'],
    );
  }, 60_000);

  beforeEach(() => {
    calls = [];
    broken.clear();
  });

  afterAll(() => harness.close(), 60_000);

  const give = async (executionId: string, body: CommandBody) =>
    expect(await harness.engine.commands.give({ executionId, body, by: 'user:ann' })).toBe('stored');

  const becomes = (id: string, status: string) =>
    eventually(async () => expect((await harness.executions([id])).get(id)?.status).toBe(status), { timeoutMs: 15_000 });

  async function steps(id: string): Promise<Record<string, string>> {
    const { rows } = await harness.pool.query('SELECT node, status FROM saga.steps WHERE execution_id = $1', [id]);
    return Object.fromEntries(rows.map((row) => [row.node, row.status]));
  }

  async function history(id: string) {
    const { rows } = await harness.pool.query('SELECT entries FROM saga.history WHERE execution_id = $1 ORDER BY seq', [id]);
    return rows.flatMap((row) => JSON.parse(row.entries) as { type: string; by?: string; data?: Json }[]);
  }

  it('undoes what completed in reverse order, with keys of their own, and runs it again when it is retried', async () => {
    broken.add('pay');
    const id = await harness.start('trip');
    await becomes(id, 'FAILED');
    expect(calls).toEqual([
      { what: 'flight', kind: 'run', key: `${id}:flight:1`, unknown: false },
      { what: 'hotel', kind: 'run', key: `${id}:hotel:1`, unknown: false },
      { what: 'pay', kind: 'run', key: `${id}:pay:1`, unknown: false },
      { what: 'no hotel', kind: 'undo', key: `${id}:hotel:1:undo`, unknown: false },
      { what: 'no flight', kind: 'undo', key: `${id}:flight:1:undo`, unknown: false },
    ]);
    expect(await steps(id)).toEqual({ flight: 'COMPENSATED', hotel: 'COMPENSATED', pay: 'FAILED' });
    broken.clear();
    await give(id, { kind: 'retry', input: { pay: { what: 'cash' } } });
    await becomes(id, 'COMPLETED');
    expect(calls.slice(5)).toMatchObject([
      { key: `${id}:flight:2` },
      { key: `${id}:hotel:2` },
      { what: 'cash', key: `${id}:pay:2` },
    ]);
    expect(await history(id)).toContainEqual(expect.objectContaining({ type: 'command.retry', by: 'user:ann' }));
  });

  it('stays COMPENSATING after an undo that failed, until an operator has it tried again', async () => {
    broken.add('pay').add('no hotel');
    const id = await harness.start('trip');
    await eventually(async () => expect(await steps(id)).toMatchObject({ hotel: 'COMPENSATION_FAILED', flight: 'COMPENSATED' }));
    await becomes(id, 'COMPENSATING');
    expect(await harness.engine.commands.give({ executionId: id, body: { kind: 'retry' }, by: 'user:ann' })).toBe('wrong_state');
    await give(id, { kind: 'retry_compensation', path: 'hotel' });
    await eventually(() => expect(calls.at(-1)).toMatchObject({ what: 'no hotel', key: `${id}:hotel:2:undo` }));
    await eventually(async () => expect(await steps(id)).toMatchObject({ hotel: 'COMPENSATION_FAILED' }));
    await give(id, { kind: 'waive_compensation', path: 'hotel', reason: 'called them' });
    await becomes(id, 'FAILED');
    expect(await history(id)).toContainEqual(
      expect.objectContaining({
        type: 'command.waive_compensation',
        by: 'user:ann',
        data: { path: 'hotel', reason: 'called them' },
      }),
    );
  });

  it('tells the undo when nobody knows what became of the attempt it aborts', async () => {
    await harness.apply(
      'slow-trip',
      { dag: { nodes: [bookable('flight'), bookable('hotel', ['flight'], { config: { what: 'hotel', hang: true } })] } },
      queue,
      ['book'],
    );
    const id = await harness.start('slow-trip');
    await eventually(() => expect(calls).toContainEqual(expect.objectContaining({ what: 'hotel' })));
    await give(id, { kind: 'cancel', compensate: true });
    await becomes(id, 'CANCELLED');
    expect(calls.slice(2)).toMatchObject([
      { what: 'no hotel', kind: 'undo', unknown: true },
      { what: 'no flight', kind: 'undo', unknown: false },
    ]);
  });

  it('sends an undo again whose message was lost with its stream', async () => {
    await harness.apply(
      'lost-undo',
      {
        dag: {
          nodes: [
            {
              id: 'flight',
              handler: 'book',
              config: { what: 'flight' },
              compensate: { handler: 'unbook', config: { what: 'flight' } },
            },
            { id: 'end', handler: 'fail', dependencies: ['flight'] },
          ],
        },
      },
      queue,
      ['book'],
    );
    await harness.pool.query(
      `UPDATE saga.definition_versions SET handlers = handlers || '{"unbook": {"queue": "late", "branches": []}}' WHERE key = 'lost-undo'`,
    );
    const id = await harness.start('lost-undo');
    await becomes(id, 'COMPENSATING');
    await (await harness.jetstream()).streams.delete('TASKS');
    await harness.startWorker([
      defineHandler({
        ...late,
        run: async ({ what }, { kind, idempotencyKey: key, outcomeUnknown: unknown }) => {
          calls.push({ what, kind, key, unknown });
          return {};
        },
      }),
    ]);
    await eventually(async () => expect(await steps(id)).toMatchObject({ flight: 'COMPENSATED' }), { timeoutMs: 30_000 });
    await becomes(id, 'FAILED');
    expect(calls.at(-1)).toMatchObject({ what: 'flight', kind: 'undo', key: `${id}:flight:1:undo` });
  }, 60_000);

  it.each(['at once', 'once it is on record'])('does not undo what was taken back from the queue %s', async (when) => {
    const key = `deserted-${when === 'at once' ? 1 : 2}`;
    await harness.apply(key, { dag: { nodes: [bookable('flight', [], { queue: 'deserted' })] } }, queue, ['book']);
    const id = await harness.start(key);
    if (when !== 'at once') {
      await eventually(
        async () => {
          const { rows } = await harness.pool.query('SELECT sequence FROM saga.dispatches WHERE execution_id = $1', [id]);
          expect(rows).toHaveLength(1);
        },
        { timeoutMs: 10_000 },
      );
    }
    await give(id, { kind: 'cancel', compensate: true });
    await becomes(id, 'CANCELLED');
    expect(await steps(id)).toEqual({ flight: 'CANCELLED' });
    expect(calls).toEqual([]);
  });

  it('schedules nothing while it is paused, holds timers back, and goes on when it is resumed', async () => {
    await harness.apply(
      'paused',
      {
        dag: {
          nodes: [
            { id: 'wait', handler: 'delay', config: { for: '300ms' } },
            { id: 'after', handler: 'book', dependencies: ['wait'], config: { what: 'after' } },
          ],
        },
      },
      queue,
      ['book'],
    );
    const id = await harness.start('paused');
    await give(id, { kind: 'pause', reason: 'to look' });
    await becomes(id, 'PAUSED');
    await eventually(async () => {
      const { rows } = await harness.pool.query(
        'SELECT 1 FROM saga.timers WHERE execution_id = $1 AND due_at > now() + $2::interval',
        [id, '10 years'],
      );
      expect(rows).toHaveLength(1);
    });
    expect(await steps(id)).toEqual({ wait: 'WAITING' });
    await give(id, { kind: 'resume' });
    await becomes(id, 'COMPLETED');
    expect((await history(id)).map(({ type }) => type)).toEqual(
      expect.arrayContaining(['command.pause', 'execution.paused', 'command.resume']),
    );
  });

  describe('a bulk job', () => {
    const many = 600;
    const add = (action: 'retry' | 'delete', filter: BulkFilter) =>
      new PgBulkStore(harness.pool, plainPayloads).add({
        id: randomUUID(),
        action,
        command: action === 'retry' ? { kind: 'retry' } : null,
        filter,
        by: 'user:ann',
        givenAt: Date.now(),
      });
    const job = (id: string) => new PgBulkStore(harness.pool, plainPayloads).find(id);

    it('retries every failed execution that matches, and then deletes all of them, while new work goes on', async () => {
      const flow = { dag: { nodes: [{ id: 'a', handler: 'book', config: { what: 'much' } }] } };
      await harness.apply('many', flow, queue, ['book']);
      broken.add('much');
      const ids = await Promise.all(Array.from({ length: many }, () => harness.start('many')));
      const count = async (status: string) => {
        const { rows } = await harness.pool.query(
          `SELECT count(*)::int AS n FROM saga.executions WHERE workflow = 'many' AND status = $1`,
          [status],
        );
        return rows[0].n;
      };
      await eventually(async () => expect(await count('FAILED')).toBe(many), { timeoutMs: 30_000 });
      broken.clear();
      const retry = await add('retry', { workflow: 'many', statuses: ['FAILED'] });
      expect(retry).toMatchObject({ status: 'RUNNING', total: many, done: 0 });
      const fresh = await harness.start('trip');
      await eventually(async () => expect(await count('COMPLETED')).toBe(many), { timeoutMs: 30_000 });
      await eventually(async () => expect(await job(retry.id)).toMatchObject({ status: 'COMPLETED', done: many }));
      await becomes(fresh, 'COMPLETED');
      expect((await history(ids[0] ?? '')).filter(({ type }) => type === 'command.retry')).toMatchObject([{ by: 'user:ann' }]);
      const gone = await add('delete', { workflow: 'many' });
      await eventually(async () => expect(await job(gone.id)).toMatchObject({ status: 'COMPLETED', done: many }), {
        timeoutMs: 20_000,
      });
      expect(await count('COMPLETED')).toBe(0);
    }, 90_000);

    it('is taken over where a process left it, and tells no execution twice', async () => {
      broken.add('pay');
      const ids = await Promise.all(Array.from({ length: 3 }, () => harness.start('trip')));
      for (const id of ids) await becomes(id, 'FAILED');
      const store = new PgBulkStore(harness.pool, plainPayloads);
      const { id } = await store.add({
        id: randomUUID(),
        action: 'retry',
        command: { kind: 'retry' },
        filter: { workflow: 'trip', statuses: ['FAILED'], text: '' },
        by: 'user:ann',
        givenAt: Date.now(),
      });
      // A process that deals with one page and dies: its lease is over at once.
      await store.nextPage(id, Date.now(), 0, 1);
      await eventually(async () => expect(await job(id)).toMatchObject({ status: 'COMPLETED' }), { timeoutMs: 15_000 });
      const { rows } = await harness.pool.query(
        `SELECT execution_id FROM saga.commands WHERE given_by = 'user:ann' AND body LIKE '%"retry"%' AND execution_id = ANY ($1::uuid[])`,
        [ids],
      );
      expect(rows.map((row) => row.execution_id).sort()).toEqual([...ids].sort());
    }, 60_000);
  });
});
