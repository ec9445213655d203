import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Json } from '@jetsaga/contracts';
import { eventually } from '@jetsaga/testing';
import { defineHandler } from '@jetsaga/worker';
import { z } from 'zod';
import { CoordinatorHarness } from './coordinator-harness.ts';

const queue = 'scopes';
let started = 0;

const twice = defineHandler({
  name: 'twice',
  queue,
  description: 'Doubles a number; waits to be told to stop where it is negative.',
  config: z.object({ n: z.number(), pad: z.string().optional() }),
  output: z.object({ n: z.number() }),
  example: { n: 1 },
  run: async ({ n }, context) => {
    started += 1;
    if (n < 0) await new Promise((resolve) => context.signal.addEventListener('abort', resolve));
    return { n: n * 2 };
  },
});

const body = (config: Json) => [{ id: 'do', handler: 'twice', config }];
const map = (items: Json, more: { [field: string]: Json } = {}) => ({
  dag: { nodes: [{ id: 'each', handler: 'map', items, nodes: body({ n: '{{ item }}' }), ...more }] },
});

describe('scopes on real servers, with two coordinators', () => {
  let harness: CoordinatorHarness;

  beforeAll(async () => {
    harness = await CoordinatorHarness.open();
    await harness.startCoordinator();
    await harness.startCoordinator();
    await harness.startWorker([twice]);
  }, 60_000);

  afterAll(() => harness.close(), 60_000);

  async function endOf(id: string, timeoutMs = 15_000) {
    return eventually(
      async () => {
        const execution = (await harness.executions([id])).get(id);
        if (!execution || execution.status === 'RUNNING') throw new Error(`the execution is ${execution?.status ?? 'not there'}`);
        return execution;
      },
      { timeoutMs },
    );
  }

  it('runs a map over two thousand items, in a row of many small rows', async () => {
    await harness.apply('many', map('{{ input.xs }}'), queue, ['twice']);
    const xs = Array.from({ length: 2_000 }, (_, n) => n);
    const id = await harness.start('many', { xs });
    const { status, output } = await endOf(id, 60_000);
    expect(status).toBe('COMPLETED');
    expect(output).toEqual(xs.map((n) => ({ n: n * 2 })));
    const { rows } = await harness.pool.query(
      'SELECT count(*)::int AS rows, count(*) FILTER (WHERE status = $2)::int AS done FROM saga.steps WHERE execution_id = $1',
      [id, 'COMPLETED'],
    );
    expect(rows).toEqual([{ rows: 4_002, done: 4_002 }]);
  }, 90_000);

  it('runs groups and maps inside each other', async () => {
    await harness.apply(
      'nested',
      {
        dag: {
          nodes: [
            {
              id: 'rows',
              handler: 'map',
              items: '{{ input.rows }}',
              itemName: 'row',
              nodes: [
                {
                  id: 'g',
                  handler: 'group',
                  nodes: [{ id: 'cells', handler: 'map', items: '{{ row }}', nodes: body({ n: '{{ item }}' }) }],
                },
              ],
            },
          ],
        },
      },
      queue,
      ['twice'],
    );
    const { output } = await endOf(await harness.start('nested', { rows: [[1, 2], [], [3]] }));
    expect(output).toEqual([{ cells: [{ n: 2 }, { n: 4 }] }, { cells: [] }, { cells: [{ n: 6 }] }]);
  }, 30_000);

  it('keeps long lists and long results behind claim checks', async () => {
    await harness.apply(
      'long',
      map('{{ input.xs }}', {
        nodes: body({ n: '{{ item.n }}' }),
        output: { size: '{{ size(result) }}', last: '{{ result[39].n }}' },
      }),
      queue,
      ['twice'],
    );
    const xs = Array.from({ length: 40 }, (_, n) => ({ n, text: 'x'.repeat(10_000) }));
    const { output } = await endOf(await harness.start('long', { xs }));
    expect(output).toEqual({ size: 40, last: 78 });
  }, 30_000);

  it('stops everything inside when the execution is cancelled', async () => {
    await harness.apply('endless', map('{{ input.xs }}'), queue, ['twice']);
    const before = started;
    const id = await harness.start('endless', { xs: [-1, -2, -3, 4] });
    await eventually(async () => expect(started).toBe(before + 4), { timeoutMs: 10_000 });
    await harness.engine.commands.give({ executionId: id, body: { kind: 'cancel', compensate: true }, by: 'spec' });
    expect((await endOf(id)).status).toBe('CANCELLED');
    const { rows } = await harness.pool.query(
      "SELECT DISTINCT status FROM saga.steps WHERE execution_id = $1 AND scope <> '' ORDER BY status",
      [id],
    );
    expect(rows.map(({ status }) => status)).toEqual(['CANCELLED', 'COMPLETED']);
  }, 30_000);

  it('fails a map at once with the first item that fails, where it is told to', async () => {
    await harness.apply('fast', map('{{ input.xs }}', { strategy: 'fail_fast' }), queue, ['twice']);
    const { status, error } = await endOf(await harness.start('fast', { xs: [-1, 'no number'] }));
    expect({ status, code: error?.code, path: error?.path }).toEqual({
      status: 'FAILED',
      code: 'INVALID_CONFIG',
      path: 'each[1]/do',
    });
  }, 30_000);
});
