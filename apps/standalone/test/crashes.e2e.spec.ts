import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Jetsaga } from '@jetsaga/client';
import { eventually, Platform } from '@jetsaga/testing';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { fiveSteps, insist, startAddingService, startMany, tally, type AddingService } from './five-steps.ts';

const executions = 1_000;
const allDone = { byStatus: { COMPLETED: executions }, wrong: [] };

describe('a thousand executions of five steps', () => {
  let platform: Platform;
  let service: AddingService;
  let client: Jetsaga;

  beforeAll(async () => {
    service = await startAddingService();
    platform = await Platform.start({ apps: ['coordinator', 'api', 'actions'], env: { WORKER_CONCURRENCY: '20' } });
    client = new Jetsaga({ url: platform.url });
    await eventually(async () => expect((await client.handlers()).items.length).toBeGreaterThan(0), { timeoutMs: 20_000 });
    await client.definitions.apply(JSON.stringify(fiveSteps(service.url)));
  }, 90_000);

  afterAll(async () => {
    await platform.stop();
    await service.close();
  }, 60_000);

  /** Waits until some have completed, so that the others are in the middle. */
  async function someDone(ids: ReadonlyMap<number, string>, share: number): Promise<void> {
    await eventually(
      async () => {
        const { byStatus } = await tally(client, ids);
        if ((byStatus['COMPLETED'] ?? 0) < share * executions) throw new Error(`so far: ${JSON.stringify(byStatus)}`);
      },
      { timeoutMs: 120_000, intervalMs: 200 },
    );
  }

  it('all complete, with the right results, although each part is killed in turn', async () => {
    const started = startMany(client, 'five-steps', executions, 'crashes');
    await platform.crash('coordinator');
    await platform.crash('actions');
    await platform.crash('api');
    const ids = await started;
    await platform.crashNats();
    await someDone(ids, 0.3);
    await platform.crashPostgres();
    await someDone(ids, 0.5);
    await platform.crash('coordinator');
    await platform.crash('actions');
    await eventually(async () => expect(await tally(client, ids)).toEqual(allDone), { timeoutMs: 180_000, intervalMs: 1_000 });
    expect(service.callsByKey.size).toBe(5 * executions);
  }, 400_000);

  it('all complete, with the right results, although every stream is deleted in the middle', async () => {
    const ids = await startMany(client, 'five-steps', executions, 'streams');
    await someDone(ids, 0.1);
    const connection = await connect(natsAddress(platform.natsUrl));
    const manager = await jetstreamManager(connection);
    for (const stream of ['TASKS', 'SAGA', 'EVENTS', 'LIFECYCLE', 'DEAD_LETTERS']) await manager.streams.delete(stream);
    await connection.close();
    await eventually(async () => expect(await tally(client, ids)).toEqual(allDone), { timeoutMs: 120_000, intervalMs: 1_000 });
    const health = await insist(() => client.health());
    expect(health.status).toBe('ok');
  }, 300_000);
});

function natsAddress(text: string) {
  const url = new URL(text);
  return { servers: url.host, user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) };
}
