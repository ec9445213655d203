import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { streams } from '@jetsaga/contracts';
import { eventually } from '@jetsaga/testing';
import { Deferred, defineHandler } from '@jetsaga/worker';
import { z } from 'zod';
import { CoordinatorHarness } from './coordinator-harness.ts';

const asked: string[] = [];
const revoked: string[] = [];

const ask = defineHandler({
  name: 'ask',
  queue: 'spec',
  description: 'Asks somebody, who answers by the token.',
  config: z.object({}),
  output: z.json(),
  example: {},
  run: (_config, { token }) => {
    asked.push(token);
    return Promise.resolve(new Deferred('an answer'));
  },
  cancel: (_config, { token }) => {
    revoked.push(token);
    return Promise.resolve();
  },
});

const wait = (handler: string, config: object) => ({ dag: { nodes: [{ id: 'wait', handler, config }] } }) as never;

describe('waiting, on real servers', () => {
  let harness: CoordinatorHarness;

  beforeAll(async () => {
    harness = await CoordinatorHarness.open();
    await harness.startCoordinator();
    await harness.startWorker([ask]);
    await harness.apply('asking', { dag: { nodes: [{ id: 'ask', handler: 'ask' }] } }, 'spec', ['ask']);
    await harness.apply('signalled', wait('wait_for_signal', { name: 'go' }), 'spec', []);
    await harness.apply(
      'listening',
      wait('wait_for_event', { event: 'orders.paid', match: { id: '{{ input.id }}' } }),
      'spec',
      [],
    );
    await harness.apply(
      'paying',
      {
        dag: { nodes: [{ id: 'tell', handler: 'emit_event', config: { type: 'orders.paid', data: { id: '{{ input.id }}' } } }] },
      },
      'spec',
      [],
    );
  }, 60_000);

  afterAll(() => harness.close(), 60_000);

  function ended(id: string) {
    return eventually(
      async () => {
        const execution = (await harness.executions([id])).get(id);
        expect(execution?.status).not.toBe('RUNNING');
        return execution!;
      },
      { timeoutMs: 15_000 },
    );
  }

  async function waits(id: string): Promise<void> {
    await eventually(async () => {
      const { rows } = await harness.pool.query('SELECT 1 FROM saga.waits WHERE execution_id = $1', [id]);
      expect(rows).toHaveLength(1);
    });
  }

  it('a deferred step ends when it is completed by its token', async () => {
    const id = await harness.start('asking');
    await waits(id);
    const subject = harness.engine.tokens.verify(asked.at(-1)!)!;
    expect(subject).toMatchObject({ executionId: id, path: 'ask' });
    expect(await harness.engine.commands.completeTask({ ...subject, output: 42, by: 'spec' })).toBe('stored');
    expect(await ended(id)).toMatchObject({ status: 'COMPLETED', output: 42 });
    expect(revoked).toEqual([]);
  });

  it('a deferred step that is cancelled is taken back by the handler that deferred it', async () => {
    const id = await harness.start('asking');
    await waits(id);
    await harness.engine.commands.give({ executionId: id, body: { kind: 'cancel', compensate: true }, by: 'spec' });
    expect(await ended(id)).toMatchObject({ status: 'CANCELLED' });
    await eventually(() => expect(revoked).toEqual([asked.at(-1)]));
  });

  it('a signal arrives although every stream is deleted at that moment', async () => {
    const id = await harness.start('signalled');
    const manager = await harness.jetstream();
    await Promise.all(Object.values(streams).map((stream) => manager.streams.delete(stream)));
    expect(await harness.engine.commands.signal({ executionId: id, name: 'go', payload: 1, by: 'spec' })).toBe('stored');
    expect(await ended(id)).toMatchObject({ status: 'COMPLETED', output: { payload: 1 } });
  }, 30_000);

  it('an event of another execution arrives, and one that anybody publishes on NATS', async () => {
    const [first, second] = [await harness.start('listening', { id: 1 }), await harness.start('listening', { id: 2 })];
    await harness.start('paying', { id: 1 });
    expect(await ended(first)).toMatchObject({ output: { event: { source: '/jetsaga/paying', data: { id: 1 } } } });
    await eventually(async () => void (await (await harness.jetstream()).streams.info(streams.events)), { timeoutMs: 15_000 });
    harness.connection.publish('events.orders.paid', JSON.stringify({ id: 2 }));
    expect(await ended(second)).toMatchObject({ output: { event: { type: 'orders.paid', data: { id: 2 } } } });
  }, 40_000);
});
