import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestNats, type TestServer } from '@jetsaga/testing';
import { jetstreamManager, type JetStreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { connectNats } from '../connection/connect-nats.ts';
import { ensureQueueConsumer, ensureTopology } from './ensure-topology.ts';

let server: TestServer;
let connection: NatsConnection;
let manager: JetStreamManager;

beforeAll(async () => {
  server = await startTestNats();
  connection = await connectNats({ url: server.url, name: 'spec' });
  manager = await jetstreamManager(connection);
}, 60_000);

afterAll(async () => {
  await connection.close();
  await server.stop();
});

describe('ensureTopology', () => {
  it('makes all streams and consumers, by several processes at a time, and has nothing to do afterwards', async () => {
    const reports = await Promise.all([ensureTopology(manager), ensureTopology(manager), ensureTopology(manager)]);
    expect([...new Set(reports.flatMap((report) => report.created))].sort()).toEqual([
      'DEAD_LETTERS',
      'EVENTS',
      'EVENTS/triggers',
      'LIFECYCLE',
      'SAGA',
      'SAGA/coordinator',
      'TASKS',
    ]);
    expect(await ensureTopology(manager)).toEqual({ created: [], updated: [] });
    expect((await manager.streams.info('TASKS')).config).toMatchObject({
      subjects: ['tasks.>'],
      retention: 'workqueue',
      storage: 'file',
      discard: 'new',
      duplicate_window: 10_000_000_000,
    });
    expect((await manager.streams.info('EVENTS')).config).toMatchObject({
      retention: 'limits',
      max_age: 7 * 24 * 3_600 * 1_000_000_000,
    });
  });

  it('makes the consumer of a queue', async () => {
    expect(await ensureQueueConsumer(manager, 'media')).toEqual({ created: ['TASKS/media'], updated: [] });
    expect(await ensureQueueConsumer(manager, 'media')).toEqual({ created: [], updated: [] });
    expect((await manager.consumers.info('TASKS', 'media')).config).toMatchObject({
      filter_subject: 'tasks.media.>',
      ack_policy: 'explicit',
      ack_wait: 30_000_000_000,
      max_deliver: -1,
      max_ack_pending: 10_000,
    });
    expect(await ensureQueueConsumer(manager, 'media', { queueMaxAckPending: 64 })).toEqual({
      created: [],
      updated: ['TASKS/media'],
    });
  });

  it('brings back what somebody changed', async () => {
    await manager.streams.update('LIFECYCLE', { subjects: ['workflow.>'], max_age: 60_000_000_000 });
    expect((await ensureTopology(manager)).updated).toEqual(['LIFECYCLE']);
    expect((await manager.streams.info('LIFECYCLE')).config.max_age).toBe(24 * 3_600 * 1_000_000_000);
  });

  it('says what to do about a stream that the server will not change', async () => {
    await manager.streams.delete('DEAD_LETTERS');
    await manager.streams.add({ name: 'DEAD_LETTERS', subjects: ['dead.>'], storage: 'memory' });
    await expect(ensureTopology(manager)).rejects.toMatchObject({
      code: 'TOPOLOGY_MISMATCH',
      message: expect.stringContaining('DEAD_LETTERS'),
    });
    await manager.streams.delete('DEAD_LETTERS');
    expect((await ensureTopology(manager)).created).toEqual(['DEAD_LETTERS']);
  });
});
