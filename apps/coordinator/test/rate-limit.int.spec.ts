import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Json } from '@jetsaga/contracts';
import { eventually } from '@jetsaga/testing';
import { defineHandler } from '@jetsaga/worker';
import { z } from 'zod';
import { CoordinatorHarness } from './coordinator-harness.ts';

const queue = 'spec';
const calls: { name: string; at: number }[] = [];

const call = defineHandler({
  name: 'call',
  queue,
  description: 'Takes down when it is called.',
  config: z.object({ name: z.string(), failures: z.number().default(0) }),
  output: z.object({}),
  example: { name: 'a' },
  run: async ({ name, failures }, { attempt }) => {
    calls.push({ name, at: Date.now() });
    if (attempt <= failures) throw new Error('not yet');
    return {};
  },
});

const callsOf = (prefix: string) => calls.filter(({ name }) => name.startsWith(prefix));

/** The most calls in any stretch of that length. */
function mostWithin(ms: number, times: readonly number[]): number {
  return Math.max(0, ...times.map((from) => times.filter((at) => at >= from && at < from + ms).length));
}

describe('steps with a rate limit, moved on by two coordinators', () => {
  let harness: CoordinatorHarness;

  const apply = (key: string, rateLimit: { [field: string]: Json }, more: { [field: string]: Json } = {}) =>
    harness.apply(
      key,
      {
        dag: {
          nodes: [
            {
              id: 'call',
              handler: 'call',
              config: { name: '{{ input.name }}', failures: '{{ default(input.failures, 0) }}' },
              rateLimit,
              ...more,
            },
          ],
        },
      },
      queue,
      ['call'],
    );

  beforeAll(async () => {
    harness = await CoordinatorHarness.open();
    await harness.startCoordinator();
    await harness.startCoordinator();
    await harness.startWorker([call]);
    await apply('calm', { limit: 5, per: '1s' });
    await apply('shared-a', { key: '{{ input.api }}', limit: 2, per: '1s' });
    await apply('shared-b', { key: '{{ input.api }}', limit: 2, per: '1s' });
    await apply('slow', { key: 'slow', limit: 1, per: '10m' });
    await apply('warm', { limit: 100, per: '1s' });
    await apply('retried', { limit: 1, per: '300ms' }, { retry: { retries: 2, initialDelay: '1ms', jitter: false } });
    // The queue's consumer is made with its first task.
    await ended([await harness.start('warm', { name: 'warm' })]);
  }, 60_000);

  afterAll(() => harness.close(), 60_000);

  const ended = (ids: readonly string[], timeoutMs = 20_000) =>
    eventually(
      async () => {
        const executions = [...(await harness.executions(ids)).values()];
        expect(executions.map(({ status }) => status)).toEqual(ids.map(() => 'COMPLETED'));
      },
      { timeoutMs },
    );

  /** When their tasks were let go. A call comes some milliseconds later, sometimes more. */
  async function releases(ids: readonly string[]): Promise<number[]> {
    const { rows } = await harness.pool.query('SELECT entries FROM saga.history WHERE execution_id = ANY ($1::uuid[])', [ids]);
    const entries: { type: string; at: number }[] = rows.flatMap((row) => JSON.parse(row.entries));
    const times = entries.filter(({ type }) => type === 'step.released').map(({ at }) => at);
    expect(times).toHaveLength(ids.length);
    return times;
  }

  it('are sent no faster than that, in the order in which they came, and none fails', async () => {
    const names = Array.from({ length: 18 }, (_, index) => `calm-${String(index).padStart(2, '0')}`);
    const ids: string[] = [];
    for (const name of names) ids.push(await harness.start('calm', { name }));
    await ended(ids);
    const seen = callsOf('calm');
    expect(seen.map(({ name }) => name).sort()).toEqual(names);
    // Of a handful that go at once, the worker may begin any one first.
    const place = (name: string) => Math.floor(names.indexOf(name) / 5);
    expect(seen.map(({ name }) => place(name))).toEqual(names.map(place));
    expect(mostWithin(800, await releases(ids))).toBeLessThanOrEqual(5);
    expect(seen.at(-1)!.at - seen[0]!.at).toBeGreaterThan(2_700);
  }, 40_000);

  it('of several definitions share the limit of one key, and nothing with another key', async () => {
    const ids = await Promise.all(
      ['a', 'b', 'a', 'b', 'a'].map((definition, index) =>
        harness.start(`shared-${definition}`, { name: `one-${index}`, api: 'one' }),
      ),
    );
    const other = await harness.start('shared-a', { name: 'two-0', api: 'two' });
    await ended([other], 2_000);
    await ended(ids);
    expect(mostWithin(800, await releases(ids))).toBeLessThanOrEqual(2);
  }, 40_000);

  it('count every attempt', async () => {
    await ended([await harness.start('retried', { name: 'again', failures: 2 })]);
    const times = callsOf('again').map(({ at }) => at);
    expect(times).toHaveLength(3);
    expect(times[2]! - times[0]!).toBeGreaterThan(500);
  }, 40_000);

  it('say that they wait; when they are cancelled they use nothing up, and leave nothing behind', async () => {
    const first = await harness.start('slow', { name: 'slow-0' });
    await ended([first]);
    const second = await harness.start('slow', { name: 'slow-1' });
    const { rows } = await harness.pool.query('SELECT status, dispatch, waiting_for FROM saga.steps WHERE execution_id = $1', [
      second,
    ]);
    expect(rows).toEqual([{ status: 'QUEUED', dispatch: 0, waiting_for: 'its rate limit: 1 in 600 s' }]);
    await harness.engine.commands.give({ executionId: second, by: 'spec', body: { kind: 'cancel', compensate: true } });
    await eventually(async () => expect((await harness.executions([second])).get(second)?.status).toBe('CANCELLED'));
    expect((await harness.pool.query('SELECT * FROM saga.held_tasks WHERE execution_id = $1', [second])).rows).toEqual([]);
    expect(
      (await harness.pool.query('SELECT sum(tasks)::int AS tasks FROM saga.rate_grants WHERE bucket LIKE $1', ['key slow %']))
        .rows,
    ).toEqual([{ tasks: 1 }]);
    expect(callsOf('slow-1')).toEqual([]);
  }, 40_000);

  it('that were let go by a coordinator which died then are sent by another', async () => {
    const id = await harness.start('slow', { name: 'slow-2' });
    await harness.pool.query(`UPDATE saga.held_tasks SET released_at = now() - interval '1 minute' WHERE execution_id = $1`, [
      id,
    ]);
    await ended([id]);
    expect((await harness.pool.query('SELECT * FROM saga.held_tasks WHERE execution_id = $1', [id])).rows).toEqual([]);
  }, 40_000);

  it('outlive the loss of every stream while they are held', async () => {
    await apply('patient', { limit: 1, per: '1s' });
    const ids: string[] = [];
    for (const name of ['patient-0', 'patient-1', 'patient-2']) ids.push(await harness.start('patient', { name }));
    const manager = await harness.jetstream();
    for await (const { config } of manager.streams.list()) await manager.streams.delete(config.name);
    await ended(ids, 30_000);
  }, 60_000);
});
