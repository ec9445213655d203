import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually, startTestNats, type TestServer } from '@jetsaga/testing';
import { jetstreamManager, type JetStreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { connectNats } from '../connection/connect-nats.ts';
import { PipelinedPublisher } from '../publish/pipelined-publisher.ts';
import { ensureQueueConsumer, ensureTopology } from '../streams/ensure-topology.ts';
import { BatchConsumer } from './batch-consumer.ts';
import type { Delivery } from './delivery.ts';

let server: TestServer;
let connection: NatsConnection;
let manager: JetStreamManager;
let publisher: PipelinedPublisher;
let consumer: BatchConsumer;

beforeAll(async () => {
  server = await startTestNats();
  connection = await connectNats({ url: server.url, name: 'spec' });
  manager = await jetstreamManager(connection);
  publisher = new PipelinedPublisher(connection);
}, 60_000);

afterAll(async () => {
  publisher.close();
  await connection.close();
  await server.stop();
});

beforeEach(async () => {
  await makeStreams();
  await manager.streams.purge('TASKS');
  consumer = new BatchConsumer(connection, { stream: 'TASKS', consumer: 'media' });
});

afterEach(() => consumer.stop());

async function makeStreams(): Promise<void> {
  await ensureTopology(manager);
  await ensureQueueConsumer(manager, 'media');
}

async function deleteStreams(): Promise<void> {
  for await (const stream of manager.streams.list()) await manager.streams.delete(stream.config.name);
}

let published = 0;
async function publish(count: number): Promise<string[]> {
  const texts = Array.from({ length: count }, () => `t${(published += 1)}`);
  const outcomes = await publisher.publish(texts.map((payload) => ({ subject: 'tasks.media.resize', id: payload, payload })));
  expect(outcomes.every((outcome) => outcome.ok)).toBe(true);
  return texts;
}

async function take(count: number, max: number): Promise<Delivery[]> {
  const taken: Delivery[] = [];
  while (taken.length < count) {
    const batch = await consumer.next(max);
    expect(batch.length).toBeLessThanOrEqual(max);
    for (const delivery of batch) delivery.ack();
    taken.push(...batch);
  }
  return taken;
}

describe('BatchConsumer', () => {
  it('hands over everything once and in order', async () => {
    const texts = await publish(5_000);
    const taken = await take(5_000, 512);
    expect(taken.map((delivery) => delivery.text())).toEqual(texts);
    expect(taken[0]).toMatchObject({ stream: 'TASKS', consumer: 'media', deliveryCount: 1, subject: 'tasks.media.resize' });
    await eventually(async () => expect((await manager.streams.info('TASKS')).state.messages).toBe(0));
  });

  it('hands a message over at once when there is nothing else to do', async () => {
    const times: number[] = [];
    for (let round = 0; round < 50; round += 1) {
      const next = consumer.next(16);
      const began = performance.now();
      await publish(1);
      const [delivery] = await next;
      times.push(performance.now() - began);
      delivery?.ack();
    }
    times.sort((a, b) => a - b);
    process.stdout.write(`publish to hand-over: p50 ${times[25]?.toFixed(2)} ms\n`);
    expect(times[25]).toBeLessThan(50);
  });

  it('never takes more than there is room for', async () => {
    await publish(100);
    const first = await consumer.next(4);
    const second = first.length < 4 ? await consumer.next(4 - first.length) : [];
    expect(first.length + second.length).toBe(4);
    const info = await manager.consumers.info('TASKS', 'media');
    expect(info.num_ack_pending).toBe(4);
    expect(info.num_pending).toBe(96);
    for (const delivery of [...first, ...second]) delivery.ack();
    await take(96, 4);
  });

  it('gets a message again after nak, and not after a double ack', async () => {
    const [text] = await publish(1);
    const [first] = await consumer.next(1);
    first?.nak(100);
    const began = performance.now();
    const [second] = await consumer.next(1);
    expect(performance.now() - began).toBeGreaterThan(80);
    expect(second?.text()).toBe(text);
    expect(second?.deliveryCount).toBe(2);
    second?.ack();
    second?.ack();
    second?.nak();
    const [other] = await publish(1);
    const [third] = await consumer.next(1);
    expect(third?.text()).toBe(other);
    third?.ack();
  });

  it('gives back on stop what was not handed over', async () => {
    const texts = await publish(10);
    const first = await consumer.next(10);
    expect(first.length).toBeGreaterThan(0);
    await consumer.stop();
    expect(await consumer.next(5)).toEqual([]);
    for (const delivery of first) delivery.nak();
    consumer = new BatchConsumer(connection, { stream: 'TASKS', consumer: 'media' });
    const taken = await take(10, 10);
    expect(taken.map((delivery) => delivery.text()).sort()).toEqual([...texts].sort());
  });

  it('ends a waiting next on stop', async () => {
    const next = consumer.next(3);
    await consumer.stop();
    expect(await next).toEqual([]);
  });

  it('ends a waiting next when the connection is closed, and takes late acknowledgements', async () => {
    const other = await connectNats({ url: server.url, name: 'other' });
    const closing = new BatchConsumer(other, { stream: 'TASKS', consumer: 'media' });
    await publish(2);
    const [first] = await closing.next(1);
    const [second] = await closing.next(1);
    const next = closing.next(1);
    await other.close();
    expect(await next).toEqual([]);
    first?.ack();
    second?.nak(10);
    await closing.stop();
  });

  it('goes on when every stream is deleted under it and made again', async () => {
    await publish(20);
    const held = await consumer.next(5);
    const waiting = consumer.next(5).then(async (batch) => [...batch, ...(await take(30 - batch.length, 5))]);
    await deleteStreams();
    await makeStreams();
    const began = performance.now();
    const texts = await publish(30);
    // Of the old stream: it must not take away a message of the new one.
    for (const delivery of held) delivery.ack();
    const taken = new Set((await waiting).map((delivery) => delivery.text()));
    process.stdout.write(`bound again after ${Math.round(performance.now() - began)} ms\n`);
    while (!texts.every((text) => taken.has(text))) for (const delivery of await take(1, 5)) taken.add(delivery.text());
    await eventually(async () => expect((await manager.consumers.info('TASKS', 'media')).num_ack_pending).toBe(0));
  }, 20_000);

  it('waits for a consumer that does not exist yet', async () => {
    await deleteStreams();
    const next = consumer.next(1);
    await makeStreams();
    const [text] = await publish(1);
    const [delivery] = await next;
    expect(delivery?.text()).toBe(text);
    delivery?.ack();
  });

  it('goes on after kill -9 of the server', async () => {
    await publish(10);
    const [first] = await consumer.next(1);
    first?.ack();
    await connection.flush();
    await server.kill();
    const waiting = consumer.next(16);
    await server.restart();
    const after = await eventually(async () => publish(1), { timeoutMs: 10_000 });
    const texts = new Set((await waiting).map((delivery) => delivery.text()));
    while (!after.every((text) => texts.has(text))) {
      for (const delivery of await consumer.next(16)) {
        texts.add(delivery.text());
        delivery.ack();
      }
    }
  }, 45_000);

  it('consumes many thousand messages a second', async () => {
    const count = 20_000;
    await publish(count);
    const began = performance.now();
    await take(count, 1_024);
    process.stdout.write(`consumed and acknowledged/s: ${Math.round((count / (performance.now() - began)) * 1000)}\n`);
  }, 20_000);
});
