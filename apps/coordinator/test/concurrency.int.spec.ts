import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Json } from '@jetsaga/contracts';
import type { StartOrder } from '@jetsaga/engine';
import { eventually } from '@jetsaga/testing';
import { defineHandler } from '@jetsaga/worker';
import { z } from 'zod';
import { CoordinatorHarness } from './coordinator-harness.ts';

const queue = 'spec';
const running = new Map<string, () => void>();
const begun: string[] = [];
let mostAtOnce = 0;

/** Runs until the spec lets it go. */
const held = defineHandler({
  name: 'held',
  queue,
  description: 'Waits until it is let go.',
  config: z.object({ name: z.string() }),
  output: z.object({}),
  example: { name: 'a' },
  run: async ({ name }, { signal }) => {
    begun.push(name);
    await new Promise<void>((resolve) => {
      running.set(name, resolve);
      mostAtOnce = Math.max(mostAtOnce, running.size);
      signal.addEventListener('abort', () => resolve());
    });
    running.delete(name);
    return {};
  },
});

const dag = { nodes: [{ id: 'work', handler: 'held', config: { name: '{{ input.name }}' } }] };

describe('executions under a limit, started by two APIs and moved on by two coordinators', () => {
  let harness: CoordinatorHarness;
  let engines: readonly Pick<CoordinatorHarness['engine'], 'starts' | 'commands'>[];
  let closeOther: () => Promise<void>;

  beforeAll(async () => {
    harness = await CoordinatorHarness.open();
    await harness.startCoordinator();
    await harness.startCoordinator();
    await harness.startWorker([held]);
    const other = await harness.openEngine();
    engines = [harness.engine, other.engine];
    closeOther = other.close;
    await harness.apply('pairs', { concurrency: { key: '{{ input.group }}', limit: 2 }, dag }, queue, ['held']);
    await harness.apply('alone', { concurrency: { limit: 1 }, dag }, queue, ['held']);
    await harness.apply('strict', { concurrency: { limit: 1, onConflict: 'reject' }, dag }, queue, ['held']);
    await harness.apply('newest', { concurrency: { limit: 1, onConflict: 'replace' }, dag }, queue, ['held']);
    await harness.apply('quick', { concurrency: { limit: 1 }, dag: { nodes: [{ id: 'in', handler: 'input' }] } }, queue, []);
  }, 60_000);

  afterAll(async () => {
    await closeOther();
    await harness.close();
  }, 60_000);

  function start(workflow: string, input: { [field: string]: Json }, more: Partial<StartOrder> = {}, api = 0) {
    return engines[api]!.starts.start({ workflow, input, by: 'spec', ...more });
  }

  async function startedId(...parameters: Parameters<typeof start>): Promise<string> {
    const outcome = await start(...parameters);
    if (outcome.kind !== 'started') throw new Error(`not started: ${JSON.stringify(outcome)}`);
    return outcome.executionId;
  }

  const statusOf = async (id: string) => (await harness.executions([id])).get(id)?.status;
  const reaches = (id: string, status: string) => eventually(async () => expect(await statusOf(id)).toBe(status));
  const works = (name: string) => eventually(async () => expect(running.has(name)).toBe(true));
  const letGo = async (name: string) => {
    await works(name);
    running.get(name)!();
  };
  const slots = async () => Number((await harness.pool.query('SELECT count(*) FROM saga.slots')).rows[0].count);

  it('never run more at once than may, each group by itself, and all of them run in the end', async () => {
    mostAtOnce = 0;
    const names = Array.from({ length: 30 }, (_, index) => `p${index}`);
    const ids = await Promise.all(
      names.map((name, index) => startedId('pairs', { group: index % 3 === 0 ? 'odd' : 'even', name }, {}, index % 2)),
    );
    const { rows } = await harness.pool.query(
      `SELECT key, count(*)::int AS held FROM saga.slots WHERE state = 'held' GROUP BY key ORDER BY key`,
    );
    expect(rows).toEqual([
      { key: 'even', held: 2 },
      { key: 'odd', held: 2 },
    ]);
    const statuses = new Set<string>();
    await eventually(
      async () => {
        for (const go of [...running.values()]) go();
        const executions = await harness.executions(ids);
        for (const { status } of executions.values()) statuses.add(status);
        expect([...executions.values()].every(({ status }) => status === 'COMPLETED')).toBe(true);
      },
      { timeoutMs: 30_000 },
    );
    expect(statuses).toContain('PENDING');
    expect(mostAtOnce).toBeLessThanOrEqual(4);
    expect(await slots()).toBe(0);
  }, 60_000);

  it('start in order of priority, then of age', async () => {
    begun.length = 0;
    const first = await startedId('alone', { name: 'first' });
    await works('first');
    await startedId('alone', { name: 'low' }, { priority: 'low' });
    await startedId('alone', { name: 'normal-1' });
    await startedId('alone', { name: 'normal-2' }, {}, 1);
    const last = await startedId('alone', { name: 'high' }, { priority: 'high' }, 1);
    expect(await statusOf(last)).toBe('PENDING');
    for (const name of ['first', 'high', 'normal-1', 'normal-2', 'low']) await letGo(name);
    await reaches(first, 'COMPLETED');
    expect(begun).toEqual(['first', 'high', 'normal-1', 'normal-2', 'low']);
    await eventually(async () => expect(await slots()).toBe(0));
  }, 30_000);

  it('are rejected where the definition says so, until the slot is free', async () => {
    const id = await startedId('strict', { name: 'only' });
    expect(await start('strict', { name: 'second' }, {}, 1)).toEqual({ kind: 'no_slot', limit: 1, key: '' });
    await letGo('only');
    await reaches(id, 'COMPLETED');
    const again = await startedId('strict', { name: 'third' }, {}, 1);
    await letGo('third');
    await reaches(again, 'COMPLETED');
  });

  it('replace the oldest where the definition says so, waiting ones as well', async () => {
    const old = await startedId('newest', { name: 'old' });
    await works('old');
    const between = await startedId('newest', { name: 'between' });
    const latest = await startedId('newest', { name: 'latest' }, {}, 1);
    await reaches(old, 'CANCELLED');
    await reaches(between, 'CANCELLED');
    expect((await harness.executions([old])).get(old)?.error?.message).toBe(`replaced by execution ${between}`);
    await letGo('latest');
    await reaches(latest, 'COMPLETED');
    await eventually(async () => expect(await slots()).toBe(0));
  });

  it('are found by the reconciler when nobody was told that a slot is free', async () => {
    const first = await startedId('alone', { name: 'lost-1' });
    await works('lost-1');
    const second = await startedId('alone', { name: 'lost-2' });
    // Whoever was told that it waits has looked in vain.
    await eventually(async () => expect(await harness.bus.pendingSagaMessages()).toBe(0));
    // As if the process had died between the commit that freed the slot and the start of the next one.
    await harness.pool.query('DELETE FROM saga.slots WHERE execution_id = $1', [first]);
    await letGo('lost-2');
    await letGo('lost-1');
    await reaches(second, 'COMPLETED');
  });

  it('can be cancelled while they wait, and make room in the queue', async () => {
    const first = await startedId('alone', { name: 'stays' });
    await works('stays');
    const waits = await startedId('alone', { name: 'never' });
    const next = await startedId('alone', { name: 'next' });
    expect(await engines[0]!.commands.give({ executionId: waits, by: 'spec', body: { kind: 'cancel', compensate: true } })).toBe(
      'stored',
    );
    await reaches(waits, 'CANCELLED');
    await letGo('stays');
    await letGo('next');
    await reaches(first, 'COMPLETED');
    await reaches(next, 'COMPLETED');
    expect(begun).not.toContain('never');
    await eventually(async () => expect(await slots()).toBe(0));
  });

  it('that are over as soon as they start keep no slot', async () => {
    const ids = await Promise.all(Array.from({ length: 5 }, (_, index) => startedId('quick', {}, {}, index % 2)));
    for (const id of ids) await reaches(id, 'COMPLETED');
    expect(await slots()).toBe(0);
  });

  it('that start with a known key give the first one, also while it waits', async () => {
    await startedId('alone', { name: 'key-0' });
    await works('key-0');
    const key = { kind: 'key' as const, value: 'k' };
    const first = await startedId('alone', { name: 'key-1' }, { key });
    expect(await start('alone', { name: 'key-1' }, { key }, 1)).toEqual({ kind: 'known', executionId: first });
    expect(await start('alone', { name: 'other' }, { key }, 1)).toEqual({ kind: 'conflict', executionId: first });
    await letGo('key-0');
    await letGo('key-1');
    await reaches(first, 'COMPLETED');
  });

  it('write down in their history what they waited for', async () => {
    await startedId('alone', { name: 'h-0' });
    await works('h-0');
    const id = await startedId('alone', { name: 'h-1' });
    await letGo('h-0');
    await letGo('h-1');
    await reaches(id, 'COMPLETED');
    const { rows } = await harness.pool.query('SELECT entries FROM saga.history WHERE execution_id = $1 ORDER BY seq', [id]);
    const entries = rows.flatMap((row) => JSON.parse(row.entries));
    expect(entries.slice(0, 2)).toMatchObject([
      { seq: 1, type: 'execution.queued', data: { waitingFor: 'one of the 1 slots' } },
      { seq: 2, type: 'execution.started' },
    ]);
  });
});
