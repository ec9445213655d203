import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { queueWindow, type StartOrder } from '@jetsaga/engine';
import { eventually } from '@jetsaga/testing';
import { defineHandler, type Worker } from '@jetsaga/worker';
import { z } from 'zod';
import { CoordinatorHarness } from './coordinator-harness.ts';

const queue = 'spec';
const calls: string[] = [];

const note = defineHandler({
  name: 'note',
  queue,
  description: 'Takes down its name.',
  config: z.object({ name: z.string() }),
  output: z.object({}),
  example: { name: 'a' },
  run: async ({ name }) => {
    calls.push(name);
    return {};
  },
});

const many = 2 * queueWindow;

describe('a queue that is longer than its window', () => {
  let harness: CoordinatorHarness;
  let worker: Worker | undefined;

  beforeAll(async () => {
    harness = await CoordinatorHarness.open();
    await harness.startCoordinator();
    await harness.startCoordinator();
    const dag = { nodes: [{ id: 'note', handler: 'note', config: { name: '{{ input.name }}' } }] };
    await harness.apply('bulk', { lifecycle: 'executions', dag }, queue, ['note']);
    await harness.apply('few', { lifecycle: 'executions', dag }, queue, ['note']);
  }, 60_000);

  afterAll(() => harness.close(), 60_000);

  async function startAll(workflow: string, names: readonly string[], more: Partial<StartOrder> = {}): Promise<string[]> {
    const outcomes = await Promise.all(
      names.map((name) => harness.engine.starts.start({ workflow, input: { name }, by: 'spec', ...more })),
    );
    return outcomes.map((outcome) => {
      if (outcome.kind !== 'started') throw new Error(`not started: ${JSON.stringify(outcome)}`);
      return outcome.executionId;
    });
  }

  const namesOf = (prefix: string, count: number) => Array.from({ length: count }, (_, index) => `${prefix}-${index}`);
  const inStream = async () => (await harness.bus.taskStream())?.waiting.get(queue) ?? 0;
  const inPostgres = async () => Number((await harness.pool.query('SELECT count(*) FROM saga.backlog')).rows[0].count);
  const left = async (status: string) =>
    Number((await harness.pool.query('SELECT count(*) FROM saga.executions WHERE status = $1', [status])).rows[0].count);

  it('keeps the rest in Postgres, whoever starts it', async () => {
    // Some at a time, until the queue is closed.
    let started = 0;
    await eventually(
      async () => {
        started += (await startAll('bulk', namesOf(`bulk-${started}`, 500))).length;
        expect(await inPostgres()).toBeGreaterThan(0);
      },
      { timeoutMs: 30_000 },
    );
    await startAll('bulk', namesOf('later', many));
    started += many;
    const stream = await inStream();
    expect(stream).toBeLessThan(started - many + 500);
    expect(stream + (await inPostgres())).toBe(started);
  }, 60_000);

  it('sends by priority, and those of different definitions in turn; every task is done once', async () => {
    const before = await inStream();
    await startAll('few', namesOf('few', 20));
    await startAll('bulk', namesOf('low', 20), { priority: 'low' });
    await startAll('bulk', namesOf('high', 20), { priority: 'high' });
    const total = await left('RUNNING');
    worker = await harness.startWorker([note]);
    await eventually(async () => expect(await left('RUNNING')).toBe(0), { timeoutMs: 60_000 });
    expect(calls).toHaveLength(total);
    expect(new Set(calls).size).toBe(total);
    const lastOf = (prefix: string) => calls.findLastIndex((name) => name.startsWith(prefix));
    // What was in the stream goes first; the next refill has the urgent ones, then some of each definition.
    expect(lastOf('high')).toBeLessThan(before + queueWindow);
    expect(lastOf('few')).toBeLessThan(before + queueWindow);
    expect(lastOf('low')).toBeGreaterThan(total - queueWindow);
    await eventually(async () => expect(await inPostgres()).toBe(0));
  }, 120_000);

  it('is open again when it is short: tasks are sent at once', async () => {
    await eventually(
      async () => {
        const [id] = await startAll('bulk', ['short']);
        const { rows } = await harness.pool.query('SELECT 1 FROM saga.backlog WHERE execution_id = $1', [id]);
        expect(rows).toEqual([]);
      },
      { timeoutMs: 10_000 },
    );
    await eventually(async () => expect(await left('RUNNING')).toBe(0));
  }, 30_000);

  it('sends nothing of what was cancelled meanwhile, and what a coordinator took and lost', async () => {
    await worker?.stop();
    calls.length = 0;
    await eventually(
      async () => {
        await startAll('bulk', namesOf('again', 500));
        expect(await inPostgres()).toBeGreaterThan(0);
      },
      { timeoutMs: 30_000 },
    );
    const rowsOf = async (ids: readonly string[]) =>
      (await harness.pool.query('SELECT 1 FROM saga.backlog WHERE execution_id = ANY ($1::uuid[])', [ids])).rowCount;
    const taken = await startAll('bulk', namesOf('taken', 100));
    expect(await rowsOf(taken)).toBe(100);
    await harness.pool.query(
      `UPDATE saga.backlog SET taken_at = now() - interval '1 minute' WHERE execution_id = ANY ($1::uuid[])`,
      [taken],
    );
    // As soon as the coordinators know that the queue is long, a cancel takes its rows along.
    await eventually(
      async () => {
        const cancelled = await startAll('bulk', namesOf('cancelled', 10));
        expect(await rowsOf(cancelled)).toBe(10);
        for (const executionId of cancelled) {
          await harness.engine.commands.give({ executionId, by: 'spec', body: { kind: 'cancel', compensate: true } });
        }
        await eventually(async () => {
          const ended = [...(await harness.executions(cancelled)).values()];
          expect(ended.every(({ status }) => status === 'CANCELLED')).toBe(true);
        });
        expect(await rowsOf(cancelled)).toBe(0);
      },
      { timeoutMs: 20_000 },
    );
    const total = await left('RUNNING');
    worker = await harness.startWorker([note]);
    await eventually(async () => expect(await left('RUNNING')).toBe(0), { timeoutMs: 60_000 });
    expect(calls.filter((name) => name.startsWith('cancelled'))).toEqual([]);
    expect(calls.filter((name) => name.startsWith('taken'))).toHaveLength(100);
    expect(calls).toHaveLength(total);
    await eventually(async () => expect(await inPostgres()).toBe(0));
  }, 120_000);
});
