import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, startTestNats, type TestServer } from '@jetsaga/testing';
import { jetstreamManager, type JetStreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { z } from 'zod';
import { connectNats } from '../connection/connect-nats.ts';
import { BatchConsumer } from '../consume/batch-consumer.ts';
import { jsonOf, openDelivery } from '../consume/open-delivery.ts';
import { PipelinedPublisher } from '../publish/pipelined-publisher.ts';
import { ensureQueueConsumer, ensureTopology } from '../streams/ensure-topology.ts';
import { DeadLetters } from './dead-letters.ts';

let server: TestServer;
let connection: NatsConnection;
let manager: JetStreamManager;
let publisher: PipelinedPublisher;
let consumer: BatchConsumer;
let deadLetters: DeadLetters;

const decode = jsonOf(z.object({ number: z.number() }));

beforeAll(async () => {
  server = await startTestNats();
  connection = await connectNats({ url: server.url, name: 'spec' });
  manager = await jetstreamManager(connection);
  publisher = new PipelinedPublisher(connection);
  await ensureTopology(manager);
  await ensureQueueConsumer(manager, 'media');
  consumer = new BatchConsumer(connection, { stream: 'TASKS', consumer: 'media' });
  deadLetters = new DeadLetters(publisher, { maxPayload: connection.info?.max_payload ?? 0 });
}, 60_000);

afterAll(async () => {
  await consumer.stop();
  publisher.close();
  await connection.close();
  await server.stop();
});

async function deliver(payload: string | Uint8Array, headers: Record<string, string> = {}) {
  await publisher.publish([{ subject: 'tasks.media.resize', payload, headers }]);
  const [delivery] = await consumer.next(1);
  if (!delivery) throw new Error('nothing was delivered');
  return delivery;
}

async function lastLetter() {
  const letter = await manager.streams.getMessage('DEAD_LETTERS', { last_by_subj: 'dead.TASKS.media' });
  return { body: letter?.string(), data: letter?.data, header: (name: string) => letter?.header.get(name) };
}

const tasksLeft = async () => (await manager.streams.info('TASKS')).state.messages;

describe('poison', () => {
  it.each([
    ['not JSON', '{"number":', 'the body is not JSON'],
    ['of another form', '{"number":"7"}', 'does not have the expected form'],
    ['no bytes', '', 'the body is not JSON'],
  ])('recognises a message that is %s', async (_name, payload, reason) => {
    const delivery = await deliver(payload);
    expect(openDelivery(delivery, decode)).toEqual({ kind: 'poison', reason: expect.stringContaining(reason) });
    delivery.ack();
  });

  it('does not read a message that was delivered too often', async () => {
    let delivery = await deliver('{"number":7}');
    expect(openDelivery(delivery, decode, 1)).toEqual({ kind: 'message', value: { number: 7 } });
    delivery.nak();
    [delivery] = (await consumer.next(1)) as [typeof delivery];
    const never = () => {
      throw new Error('it was read');
    };
    expect(openDelivery(delivery, never, 1)).toEqual({ kind: 'poison', reason: 'delivered 2 times without being handled' });
    delivery.ack();
  });
});

describe('DeadLetters', () => {
  it('copies the message with its reason and origin, then takes it out of the queue', async () => {
    const delivery = await deliver('oh dear', { 'x-from': 'me', traceparent: 'tp', 'Nats-Msg-Id': 'm1' });
    expect(await deadLetters.bury(delivery, 'cannot\nbe read\r\nat all')).toBe(true);
    const letter = await lastLetter();
    expect(letter.body).toBe('oh dear');
    expect(letter.header('x-from')).toBe('me');
    expect(letter.header('traceparent')).toBe('tp');
    expect(letter.header('Jetsaga-Dead-Reason')).toBe('cannot be read at all');
    expect(letter.header('Jetsaga-Dead-Stream')).toBe('TASKS');
    expect(letter.header('Jetsaga-Dead-Consumer')).toBe('media');
    expect(letter.header('Jetsaga-Dead-Subject')).toBe('tasks.media.resize');
    expect(letter.header('Jetsaga-Dead-Sequence')).toBe(String(delivery.sequence));
    expect(letter.header('Jetsaga-Dead-Deliveries')).toBe('1');
    expect(letter.header('Jetsaga-Dead-Message-Id')).toBe('m1');
    expect(Date.parse(letter.header('Jetsaga-Dead-Time') ?? '')).toBeGreaterThan(0);
    await eventually(async () => expect(await tasksLeft()).toBe(0));
  });

  it('cuts a body that would no longer fit, and says so', async () => {
    const size = (connection.info?.max_payload ?? 0) - 200;
    const delivery = await deliver(new Uint8Array(size).fill(97));
    expect(await deadLetters.bury(delivery, 'too large to be true')).toBe(true);
    const letter = await lastLetter();
    expect(letter.header('Jetsaga-Dead-Cut-From')).toBe(String(size));
    expect(letter.data?.length).toBeLessThan(size);
  });

  it('keeps the original when the copy cannot be stored', async () => {
    await manager.streams.delete('DEAD_LETTERS');
    const delivery = await deliver('precious');
    expect(await deadLetters.bury(delivery, 'no grave')).toBe(false);
    expect(await tasksLeft()).toBe(1);
  });
});
