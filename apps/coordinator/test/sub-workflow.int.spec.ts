import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Json } from '@jetsaga/contracts';
import { eventually } from '@jetsaga/testing';
import { defineHandler, TerminalError } from '@jetsaga/worker';
import { z } from 'zod';
import { CoordinatorHarness } from './coordinator-harness.ts';

const queue = 'children';
let running = 0;

const work = defineHandler({
  name: 'work',
  queue,
  description: 'Gives back a number, fails for 13, and waits to be stopped for 99.',
  config: z.object({ n: z.number() }),
  output: z.object({ n: z.number() }),
  example: { n: 1 },
  run: async ({ n }, context) => {
    if (n === 13) throw new TerminalError('UNLUCKY', 'thirteen');
    if (n === 99) {
      running += 1;
      await new Promise((resolve) => context.signal.addEventListener('abort', resolve));
      running -= 1;
    }
    return { n };
  },
});

const child = { dag: { nodes: [{ id: 'w', handler: 'work', config: { n: '{{ input.n }}' } }] } };
const parentOf = (config: Json) => ({ dag: { nodes: [{ id: 'call', handler: 'sub_workflow', config }] } });

describe('sub-workflows on real servers, with two coordinators', () => {
  let harness: CoordinatorHarness;

  beforeAll(async () => {
    harness = await CoordinatorHarness.open();
    await harness.startCoordinator();
    await harness.startCoordinator();
    await harness.startWorker([work]);
    await harness.apply('child', child, queue, ['work']);
    await harness.apply('parent', parentOf({ workflow: 'child', input: '{{ input }}' }), queue, ['work']);
  }, 60_000);

  afterAll(() => harness.close(), 60_000);

  const childrenOf = async (id: string) =>
    (await harness.pool.query('SELECT id, status, depth FROM saga.executions WHERE parent_execution_id = $1', [id])).rows;

  async function endOf(id: string) {
    return eventually(
      async () => {
        const execution = (await harness.executions([id])).get(id);
        if (!execution || execution.status === 'RUNNING') throw new Error(`the execution is ${execution?.status ?? 'not there'}`);
        return execution;
      },
      { timeoutMs: 20_000 },
    );
  }

  it('gives the output of its child', async () => {
    const id = await harness.start('parent', { n: 7 });
    expect(await endOf(id)).toMatchObject({ status: 'COMPLETED', output: { n: 7 } });
    expect(await childrenOf(id)).toMatchObject([{ status: 'COMPLETED', depth: 1 }]);
  });

  it('fails with the cause of its child', async () => {
    const { error } = await endOf(await harness.start('parent', { n: 13 }));
    expect(error).toMatchObject({ code: 'CHILD_FAILED', details: { status: 'FAILED', cause: { code: 'UNLUCKY', path: 'w' } } });
  });

  it('fails where there is no such workflow', async () => {
    await harness.apply('lost', parentOf({ workflow: 'nowhere' }), queue, []);
    expect((await endOf(await harness.start('lost'))).error).toMatchObject({ code: 'UNKNOWN_WORKFLOW', path: 'call' });
  });

  it('takes its child along when it is cancelled', async () => {
    const id = await harness.start('parent', { n: 99 });
    await eventually(() => expect(running).toBe(1), { timeoutMs: 10_000 });
    await harness.engine.commands.give({ executionId: id, body: { kind: 'cancel', compensate: true }, by: 'spec' });
    expect((await endOf(id)).status).toBe('CANCELLED');
    await eventually(async () => expect(await childrenOf(id)).toMatchObject([{ status: 'CANCELLED' }]), { timeoutMs: 10_000 });
    await eventually(() => expect(running).toBe(0), { timeoutMs: 10_000 });
  });

  it('goes on without its child where it is told so', async () => {
    await harness.apply('detached', parentOf({ workflow: 'child', input: { n: 5 }, wait: false }), queue, []);
    const id = await harness.start('detached');
    const { output } = await endOf(id);
    const [one] = await eventually(async () => {
      const found = await childrenOf(id);
      expect(found).toMatchObject([{ status: 'COMPLETED' }]);
      return found;
    });
    expect(output).toEqual({ executionId: one.id });
  });

  it('starts no more than sixteen inside each other', async () => {
    await harness.apply('endless', parentOf({ workflow: 'endless' }), queue, []);
    const { error } = await endOf(await harness.start('endless'));
    expect(error?.code).toBe('CHILD_FAILED');
    expect(JSON.stringify(error)).toContain('CHILD_TOO_DEEP');
    const { rows } = await harness.pool.query(
      "SELECT max(depth)::int AS deepest FROM saga.executions WHERE workflow = 'endless'",
    );
    expect(rows).toEqual([{ deepest: 16 }]);
  }, 30_000);

  it('has each of many children in a map started once', async () => {
    await harness.apply(
      'fan',
      {
        dag: {
          nodes: [
            {
              id: 'each',
              handler: 'map',
              items: '{{ input.ns }}',
              nodes: [{ id: 'call', handler: 'sub_workflow', config: { workflow: 'child', input: { n: '{{ item }}' } } }],
            },
          ],
        },
      },
      queue,
      [],
    );
    const ns = Array.from({ length: 200 }, (_, n) => n + 100);
    const id = await harness.start('fan', { ns });
    expect((await endOf(id)).output).toEqual(ns.map((n) => ({ n })));
    expect(await childrenOf(id)).toHaveLength(200);
  }, 30_000);
});
