import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Jetsaga } from '@jetsaga/client';
import { eventually, Platform } from '@jetsaga/testing';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { insist, startAddingService, type AddingService } from './five-steps.ts';

const batches = 20;
const itemsOfEach = 30;

/** A map of groups in each of which two steps add one, one of them in an execution of its own. */
const outer = {
  name: 'outer',
  dag: {
    nodes: [
      {
        id: 'each',
        handler: 'map',
        items: '{{ input.ns }}',
        maxConcurrency: 10,
        nodes: [
          {
            id: 'both',
            handler: 'group',
            nodes: [{ id: 'child', handler: 'sub_workflow', config: { workflow: 'inner', input: { n: '{{ item }}' } } }],
          },
        ],
      },
    ],
  },
};

describe('maps, groups and sub-workflows', () => {
  let platform: Platform;
  let service: AddingService;
  let client: Jetsaga;

  beforeAll(async () => {
    service = await startAddingService();
    platform = await Platform.start({ apps: ['coordinator', 'api', 'actions'], env: { WORKER_CONCURRENCY: '20' } });
    client = new Jetsaga({ url: platform.url });
    await eventually(async () => expect((await client.handlers()).items.length).toBeGreaterThan(0), { timeoutMs: 20_000 });
    const call = {
      id: 'add',
      handler: 'call_external_service',
      config: { url: service.url, method: 'POST', body: { n: '{{ input.n }}' } },
      retry: { retries: 20, initialDelay: '200ms', maxDelay: '2s' },
    };
    const inner = { name: 'inner', dag: { nodes: [call] }, output: '{{ add.output.response.n }}' };
    await client.definitions.apply(JSON.stringify(inner));
    await client.definitions.apply(JSON.stringify(outer));
  }, 90_000);

  afterAll(async () => {
    await platform.stop();
    await service.close();
  }, 60_000);

  it('come to their ends, each child started once, although coordinator, worker, NATS and Postgres are killed and all streams deleted', async () => {
    const first = (batch: number) => batch * itemsOfEach;
    const ids: string[] = [];
    for (let batch = 0; batch < batches; batch += 1) {
      const ns = Array.from({ length: itemsOfEach }, (_, n) => first(batch) + n);
      ids.push((await insist(() => client.start('outer', { ns }, { idempotencyKey: `batch-${batch}` }))).id);
    }
    await platform.crash('coordinator');
    await platform.crash('actions');
    await platform.crashNats();
    await platform.crashPostgres();
    await platform.crash('coordinator');
    const url = new URL(platform.natsUrl);
    const connection = await connect({ servers: url.host, user: url.username, pass: url.password });
    const manager = await jetstreamManager(connection);
    for (const stream of ['TASKS', 'SAGA', 'EVENTS', 'LIFECYCLE', 'DEAD_LETTERS']) {
      await manager.streams.delete(stream).catch(() => undefined);
    }
    await connection.close();
    for (const [batch, id] of ids.entries()) {
      await eventually(
        async () => {
          const { status, output } = await insist(() => client.show(id));
          expect({ status, output }).toEqual({
            status: 'COMPLETED',
            output: Array.from({ length: itemsOfEach }, (_, n) => ({ child: first(batch) + n + 1 })),
          });
        },
        { timeoutMs: 120_000, intervalMs: 500 },
      );
    }
    for (const id of ids) {
      expect((await client.execution(id).children({ limit: 500 })).items).toHaveLength(itemsOfEach);
    }
  }, 300_000);
});
