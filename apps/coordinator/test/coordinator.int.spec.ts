import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Json } from '@jetsaga/contracts';
import { eventually } from '@jetsaga/testing';
import { defineHandler, TerminalError } from '@jetsaga/worker';
import { z } from 'zod';
import { CoordinatorHarness } from './coordinator-harness.ts';

const queue = 'spec';
const runs = new Map<string, number>();

const echo = defineHandler({
  name: 'echo',
  queue,
  description: 'Gives back what it is given, and counts.',
  config: z.object({ value: z.json() }),
  output: z.object({ value: z.json() }),
  example: { value: 1 },
  run: async ({ value }, context) => {
    runs.set(context.idempotencyKey, (runs.get(context.idempotencyKey) ?? 0) + 1);
    return { value };
  },
});

const flaky = defineHandler({
  name: 'flaky',
  queue,
  description: 'Fails as often as it is told, then succeeds.',
  config: z.object({ failures: z.number(), terminal: z.boolean().default(false) }),
  output: z.object({ attempt: z.number() }),
  example: { failures: 1 },
  run: async ({ failures, terminal }, context) => {
    if (terminal) throw new TerminalError('NO_WAY', 'it cannot be done');
    if (context.attempt <= failures) throw new Error(`attempt ${context.attempt} fails`);
    return { attempt: context.attempt };
  },
});

const handlers = ['echo', 'flaky'];
const node = (id: string, config: Json, dependencies: string[] = []) => ({ id, handler: 'echo', config, dependencies });

describe('a coordinator with a worker, on real servers', () => {
  let harness: CoordinatorHarness;

  beforeAll(async () => {
    harness = await CoordinatorHarness.open();
    await harness.startCoordinator();
    await harness.startWorker([echo, flaky]);
  }, 60_000);

  afterAll(() => harness.close(), 60_000);

  async function resultOf(id: string) {
    return eventually(
      async () => {
        const execution = (await harness.executions([id])).get(id);
        if (!execution || execution.status === 'RUNNING') throw new Error(`the execution is ${execution?.status ?? 'not there'}`);
        return execution;
      },
      { timeoutMs: 15_000 },
    );
  }

  it('runs a chain to its result', async () => {
    await harness.apply(
      'chain',
      {
        dag: {
          nodes: [
            node('a', { value: '{{ input.n }}' }),
            node('b', { value: '{{ a.output.value + 1 }}' }, ['a']),
            node('c', { value: '{{ b.output.value * 2 }}' }, ['b']),
          ],
        },
      },
      queue,
      handlers,
    );
    expect(await resultOf(await harness.start('chain', { n: 20 }))).toEqual({
      status: 'COMPLETED',
      output: { value: 42 },
      error: null,
    });
  });

  it('starts the join of a fan-out once', async () => {
    const arms = Array.from({ length: 20 }, (_, index) => `arm${index}`);
    await harness.apply(
      'fan',
      {
        dag: {
          nodes: [
            node('first', { value: 1 }),
            ...arms.map((arm) => node(arm, { value: arm }, ['first'])),
            node('join', { value: 'joined' }, arms),
          ],
        },
      },
      queue,
      handlers,
    );
    const id = await harness.start('fan');
    expect((await resultOf(id)).output).toEqual({ value: 'joined' });
    expect(runs.get(`${id}:join:1`)).toBe(1);
  });

  it('starts the join of a diamond once, in ten thousand diamonds whose arms end together', async () => {
    const tries = 10_000;
    await harness.apply(
      'diamond',
      {
        lifecycle: 'executions',
        dag: {
          nodes: [
            node('top', { value: 1 }),
            node('left', { value: 2 }, ['top']),
            node('right', { value: 3 }, ['top']),
            node('join', { value: '{{ left.output.value + right.output.value }}' }, ['left', 'right']),
          ],
        },
      },
      queue,
      handlers,
    );
    const began = Date.now();
    const ids: string[] = [];
    const wanted = Array.from({ length: tries }).values();
    const startNext = async () => {
      for (const _ of wanted) ids.push(await harness.start('diamond'));
    };
    await Promise.all(Array.from({ length: 100 }, startNext));
    await eventually(
      async () => {
        const { rows } = await harness.pool.query(
          `SELECT status, output, count(*)::int AS n FROM saga.executions WHERE workflow = 'diamond' GROUP BY 1, 2`,
        );
        expect(rows).toEqual([{ status: 'COMPLETED', output: '{"value":5}', n: tries }]);
      },
      { timeoutMs: 90_000, intervalMs: 200 },
    );
    expect(ids.filter((id) => runs.get(`${id}:join:1`) !== 1)).toEqual([]);
    const { rows } = await harness.pool.query(
      `SELECT count(*)::int AS together FROM saga.steps l JOIN saga.steps r USING (execution_id) JOIN saga.executions e ON e.id = execution_id
       WHERE e.workflow = 'diamond' AND l.node = 'left' AND r.node = 'right' AND l.finished_at = r.finished_at`,
    );
    expect(rows[0].together).toBeGreaterThan(tries / 10);
    process.stderr.write(
      `${tries} diamonds in ${Date.now() - began} ms; in ${rows[0].together} both arms ended in the same millisecond\n`,
    );
  }, 150_000);

  it('tries again after failures, and fails for good after the last one', async () => {
    const retry = { retries: 2, initialDelay: '10ms' };
    await harness.apply(
      'flaky',
      { dag: { nodes: [{ id: 'try', handler: 'flaky', config: { failures: '{{ input.failures }}' }, retry }] } },
      queue,
      handlers,
    );
    expect((await resultOf(await harness.start('flaky', { failures: 2 }))).output).toEqual({ attempt: 3 });
    const failed = await resultOf(await harness.start('flaky', { failures: 9 }));
    expect(failed.status).toBe('FAILED');
    expect(failed.error?.message).toContain('attempt 3 fails');
  });

  it('carries values that are too large for a message', async () => {
    const text = 'x'.repeat(400_000);
    await harness.apply(
      'large',
      { dag: { nodes: [node('a', { value: '{{ input.text }}' }), node('b', { value: '{{ size(a.output.value) }}' }, ['a'])] } },
      queue,
      handlers,
    );
    expect((await resultOf(await harness.start('large', { text }))).output).toEqual({ value: text.length });
  });

  it('lets an event start what listens to it, once, and passes events on', async () => {
    await harness.apply(
      'listener',
      {
        triggers: [{ event: 'orders.*', filter: 'event.data.n > 0', input: { n: '{{ event.data.n }}' } }],
        dag: {
          nodes: [
            node('a', { value: '{{ input.n }}' }),
            {
              id: 'tell',
              handler: 'emit_event',
              dependencies: ['a'],
              config: { type: 'told.on', data: { n: '{{ a.output.value }}' } },
            },
          ],
        },
      },
      queue,
      handlers,
    );
    await harness.apply(
      'heard',
      { triggers: [{ event: 'told.on' }], dag: { nodes: [node('b', { value: '{{ input.n }}' })] } },
      queue,
      handlers,
    );
    const event = { specversion: '1.0' as const, id: 'e1', source: '/spec', type: 'orders.placed', data: { n: 7 } };
    const receipt = await harness.engine.events.publish(event, 'spec');
    expect(receipt.executions).toHaveLength(1);
    expect((await harness.engine.events.publish(event, 'spec')).executions).toEqual(receipt.executions);
    await resultOf(receipt.executions[0] ?? '');
    await eventually(
      async () => {
        const { rows } = await harness.pool.query(
          `SELECT workflow, output FROM saga.executions WHERE workflow IN ('listener', 'heard') AND status = 'COMPLETED'`,
        );
        expect(rows.map((row) => row.workflow).sort()).toEqual(['heard', 'listener']);
      },
      { timeoutMs: 10_000 },
    );
  });

  it('cancels what is queued, and takes its message out of the stream', async () => {
    await harness.apply('stuck', { dag: { nodes: [{ id: 'a', handler: 'nobody_has_it', queue: 'deserted' }] } }, 'deserted', [
      'nobody_has_it',
    ]);
    const id = await harness.start('stuck');
    const info = async () => {
      const state = await (await harness.jetstream()).streams.info('TASKS', { subjects_filter: 'tasks.deserted.>' });
      return Object.keys(state.state.subjects ?? {}).length;
    };
    await eventually(async () => expect(await info()).toBe(1), { timeoutMs: 5_000 });
    expect(await harness.engine.commands.give({ executionId: id, body: { kind: 'cancel', compensate: true }, by: 'spec' })).toBe(
      'stored',
    );
    expect((await resultOf(id)).status).toBe('CANCELLED');
    await eventually(async () => expect(await info()).toBe(0), { timeoutMs: 10_000 });
  });

  it('loses no execution when every stream is deleted while they run', async () => {
    const ids = await Promise.all(Array.from({ length: 200 }, (_, n) => harness.start('chain', { n })));
    const manager = await harness.jetstream();
    for (const stream of ['TASKS', 'SAGA', 'EVENTS', 'LIFECYCLE', 'DEAD_LETTERS']) await manager.streams.delete(stream);
    await eventually(
      async () => {
        const found = await harness.executions(ids);
        ids.forEach((id, n) =>
          expect(found.get(id)).toEqual({ status: 'COMPLETED', output: { value: (n + 1) * 2 }, error: null }),
        );
      },
      { timeoutMs: 40_000 },
    );
  }, 60_000);

  it('passes on an event whose data is too large to travel inline, and starts what listens to it', async () => {
    await harness.apply(
      'teller',
      {
        dag: {
          nodes: [
            node('a', { value: '{{ input.text }}' }),
            { id: 'tell', handler: 'emit_event', dependencies: ['a'], config: { type: 'large.told', data: '{{ a.output }}' } },
          ],
        },
      },
      queue,
      handlers,
    );
    await harness.apply(
      'large-listener',
      {
        triggers: [
          { event: 'large.told', filter: 'size(event.data.value) > 10', input: { size: '{{ size(event.data.value) }}' } },
        ],
        dag: { nodes: [node('b', { value: '{{ input.size }}' })] },
      },
      queue,
      handlers,
    );
    await harness.start('teller', { text: 'x'.repeat(400_000) });
    await eventually(
      async () => {
        const { rows } = await harness.pool.query(
          `SELECT output FROM saga.executions WHERE workflow = 'large-listener' AND status = 'COMPLETED'`,
        );
        expect(rows).toEqual([{ output: '{"value":400000}' }]);
      },
      { timeoutMs: 10_000 },
    );
    await eventually(async () => expect((await harness.pool.query('SELECT FROM saga.outbox')).rowCount).toBe(0), {
      timeoutMs: 10_000,
    });
  });

  it('finds a lost task behind thousands of tasks that merely wait', async () => {
    await harness.apply(
      'waiting',
      { lifecycle: 'executions', dag: { nodes: [{ id: 'a', handler: 'nobody_has_it', queue: 'deserted' }] } },
      'deserted',
      ['nobody_has_it'],
    );
    await harness.apply('lonely', { dag: { nodes: [{ id: 'a', handler: 'late_worker', queue: 'late' }] } }, 'late', [
      'late_worker',
    ]);
    await Promise.all(Array.from({ length: 2_500 }, () => harness.start('waiting')));
    const id = await harness.start('lonely');
    const manager = await harness.jetstream();
    await eventually(
      async () => expect((await manager.streams.info('TASKS', { subjects_filter: 'tasks.late.>' })).state.subjects).toBeTruthy(),
      { timeoutMs: 5_000 },
    );
    await eventually(
      async () => expect((await harness.pool.query('SELECT FROM saga.dispatches')).rowCount).toBeGreaterThan(2_500),
      { timeoutMs: 15_000 },
    );
    await manager.streams.purge('TASKS', { filter: 'tasks.late.>' });
    const late = defineHandler({
      name: 'late_worker',
      queue: 'late',
      description: 'Comes when its task is gone.',
      config: z.object({}),
      output: z.object({ done: z.boolean() }),
      example: {},
      run: async () => ({ done: true }),
    });
    await harness.startWorker([late, echo]);
    // Something passes through the queue, so that its consumer is past the lost message.
    await harness.start('lonely');
    expect((await resultOf(id)).output).toEqual({ done: true });
    const { rows } = await harness.pool.query(
      `SELECT max(s.dispatch) AS most FROM saga.steps s JOIN saga.executions e ON e.id = s.execution_id WHERE e.workflow = 'waiting'`,
    );
    expect(rows).toEqual([{ most: 1 }]);
  }, 60_000);

  it('keeps events and results through an outage of Postgres', async () => {
    await harness.apply(
      'after-outage',
      { triggers: [{ event: 'outage.over' }], dag: { nodes: [node('a', { value: '{{ input.n }}' })] } },
      queue,
      handlers,
    );
    await harness.withoutPostgres(8_000, async () => {
      const manager = await harness.jetstream();
      const event = { specversion: '1.0' as const, id: 'o1', source: '/spec', type: 'outage.over', data: { n: 5 } };
      await harness.bus.publish([{ subject: 'events.outage.over', id: 'o1', body: event }]);
      await eventually(async () => expect((await manager.consumers.info('EVENTS', 'triggers')).num_ack_pending).toBe(1), {
        timeoutMs: 5_000,
      });
    });
    await eventually(
      async () => {
        const { rows } = await harness.pool.query(
          `SELECT output FROM saga.executions WHERE workflow = 'after-outage' AND status = 'COMPLETED'`,
        );
        expect(rows).toEqual([{ output: '{"value":5}' }]);
      },
      { timeoutMs: 20_000 },
    );
    expect((await (await harness.jetstream()).streams.info('DEAD_LETTERS')).state.messages).toBe(0);
  }, 60_000);
});
