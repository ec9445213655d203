import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually, startTestNats, type TestServer } from '@jetsaga/testing';
import { jetstreamManager, type JetStreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { connectNats } from '../connection/connect-nats.ts';
import { PipelinedPublisher, type MessageToPublish } from './pipelined-publisher.ts';

let server: TestServer;
let connection: NatsConnection;
let manager: JetStreamManager;
let publisher: PipelinedPublisher;

beforeAll(async () => {
  server = await startTestNats();
  connection = await connectNats({ url: server.url, name: 'spec' });
  manager = await jetstreamManager(connection);
  publisher = new PipelinedPublisher(connection, { timeoutMs: 2_000 });
}, 60_000);

afterAll(async () => {
  publisher.close();
  await connection.close();
  await server.stop();
});

beforeEach(async () => {
  for await (const stream of manager.streams.list()) await manager.streams.delete(stream.config.name);
  await manager.streams.add({ name: 'ORDERS', subjects: ['orders.>'], duplicate_window: 10_000_000_000 });
});

const messages = (count: number, from = 0): MessageToPublish[] =>
  Array.from({ length: count }, (_, index) => ({
    subject: `orders.${(from + index) % 7}`,
    id: `m${from + index}`,
    payload: JSON.stringify({ number: from + index }),
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  }));

describe('PipelinedPublisher', () => {
  it('stores a list in its order and gives each message its sequence', async () => {
    const outcomes = await publisher.publish(messages(10_000));
    expect(outcomes).toHaveLength(10_000);
    outcomes.forEach((outcome, index) => {
      expect(outcome).toEqual({ ok: true, acknowledgement: { sequence: index + 1, duplicate: false } });
    });
    const stored = await manager.streams.getMessage('ORDERS', { seq: 4_321 });
    expect(stored?.json()).toEqual({ number: 4_320 });
    expect(stored?.header.get('traceparent')).toMatch(/^00-0af7651916cd43dd/);
    expect(stored?.header.get('Nats-Msg-Id')).toBe('m4320');
  });

  it('keeps the order of lists that are published at the same time', async () => {
    const [first, second] = await Promise.all([publisher.publish(messages(6_000)), publisher.publish(messages(10, 6_000))]);
    expect(first?.at(-1)).toEqual({ ok: true, acknowledgement: { sequence: 6_000, duplicate: false } });
    expect(second?.[0]).toEqual({ ok: true, acknowledgement: { sequence: 6_001, duplicate: false } });
  });

  it('tells of duplicates', async () => {
    await publisher.publish(messages(1));
    const [again] = await publisher.publish(messages(1));
    expect(again).toEqual({ ok: true, acknowledgement: { sequence: 1, duplicate: true } });
  });

  it('fails message by message: no stream, too large, refused by the server', async () => {
    await manager.streams.update('ORDERS', { subjects: ['orders.>'], max_msg_size: 100 });
    const outcomes = await publisher.publish([
      { subject: 'nobody.listens', payload: '{}' },
      { subject: 'orders.1', payload: 'x'.repeat(2 * 1024 * 1024) },
      { subject: 'orders.1', payload: 'x'.repeat(200) },
      { subject: 'orders.1', payload: '{}' },
    ]);
    expect(outcomes.map((outcome) => (outcome.ok ? 'ok' : (outcome.error as Error & { code: string }).code))).toEqual([
      'STREAM_UNAVAILABLE',
      'PUBLISH_REFUSED',
      'PUBLISH_REFUSED',
      'ok',
    ]);
    expect(outcomes[2]).toMatchObject({ error: { message: expect.stringContaining('message size exceeds maximum') } });
  });

  it('publishes no fewer than 25,000 acknowledged messages a second on a free machine', async () => {
    const count = 20_000;
    const list = messages(count);
    const began = performance.now();
    const outcomes = await publisher.publish(list);
    const seconds = (performance.now() - began) / 1000;
    process.stdout.write(`acknowledged publishes/s: ${Math.round(count / seconds)}\n`);
    expect(outcomes.every((outcome) => outcome.ok)).toBe(true);
  });

  it('fails what is unanswered when the server dies, at once while it is away, and works again after', async () => {
    const flying = publisher.publish(messages(5_000));
    await server.kill();
    const outcomes = await flying;
    expect(outcomes).toHaveLength(5_000);
    const away = await publisher.publish(messages(3));
    for (const outcome of away) expect(outcome).toMatchObject({ ok: false, error: { code: 'NATS_DISCONNECTED' } });
    await server.restart();
    await eventually(async () => {
      const [outcome] = await publisher.publish(messages(1, 9_000_000));
      expect(outcome?.ok).toBe(true);
    });
  }, 30_000);
});
