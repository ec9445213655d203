import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestNats, type TestServer } from '@jetsaga/testing';
import { jetstreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { connectNats } from '../connection/connect-nats.ts';
import { BatchConsumer } from '../consume/batch-consumer.ts';
import { PipelinedPublisher, type MessageToPublish } from '../publish/pipelined-publisher.ts';
import { ensureTopology } from '../streams/ensure-topology.ts';
import { decodeEvent } from './decode-event.ts';
import { encodeEvent } from './encode-event.ts';

let server: TestServer;
let connection: NatsConnection;
let publisher: PipelinedPublisher;
let consumer: BatchConsumer;

beforeAll(async () => {
  server = await startTestNats();
  connection = await connectNats({ url: server.url, name: 'spec' });
  await ensureTopology(await jetstreamManager(connection));
  publisher = new PipelinedPublisher(connection);
  consumer = new BatchConsumer(connection, { stream: 'EVENTS', consumer: 'triggers' });
}, 60_000);

afterAll(async () => {
  await consumer.stop();
  publisher.close();
  await connection.close();
  await server.stop();
});

async function deliver(message: MessageToPublish) {
  await publisher.publish([message]);
  const [delivery] = await consumer.next(1);
  if (!delivery) throw new Error('nothing was delivered');
  return delivery;
}

async function decoded(message: MessageToPublish) {
  const delivery = await deliver(message);
  delivery.ack();
  return decodeEvent(delivery);
}

const subject = 'events.orders.placed';
const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

describe('decodeEvent', () => {
  it('reads what encodeEvent writes', async () => {
    const event = {
      specversion: '1.0' as const,
      id: '7',
      source: '/shop',
      type: 'orders.placed',
      time: '2026-01-01T00:00:00Z',
      data: { id: 7 },
      traceparent,
      partitionkey: 'p',
    };
    const { body, ...message } = encodeEvent(event);
    expect(message).toMatchObject({ subject, id: '/shop#7' });
    expect(await decoded({ ...message, payload: JSON.stringify(body) })).toEqual(event);
  });

  it('refuses to write a type that is no subject', () => {
    const event = { specversion: '1.0' as const, id: '7', source: '/shop', type: 'orders.*' };
    expect(() => encodeEvent(event)).toThrow(expect.objectContaining({ code: 'EVENT_TYPE_INVALID' }));
  });

  it('reads attributes from headers', async () => {
    const headers = {
      'ce-specversion': '1.0',
      'ce-id': '8',
      'CE-Source': '/shop%20two',
      'ce-type': 'orders.placed',
      'ce-jetsagadepth': '3',
      'content-type': 'application/json; charset=utf-8',
    };
    expect(await decoded({ subject, payload: '{"id":8}', headers, traceparent })).toEqual({
      specversion: '1.0',
      id: '8',
      source: '/shop two',
      type: 'orders.placed',
      jetsagadepth: 3,
      datacontenttype: 'application/json; charset=utf-8',
      data: { id: 8 },
      traceparent,
    });
    expect(await decoded({ subject, payload: 'a,b', headers: { ...headers, 'content-type': 'text/csv' } })).toMatchObject({
      data: 'a,b',
    });
    const bytes = await decoded({
      subject,
      payload: Uint8Array.of(0xff, 0),
      headers: { ...headers, 'content-type': 'image/png' },
    });
    expect(bytes).toMatchObject({ data_base64: '/wA=' });
  });

  it('makes an event of any other JSON', async () => {
    expect(await decoded({ subject, payload: '{"id":9}', id: 'm9' })).toEqual({
      specversion: '1.0',
      id: 'm9',
      source: '/nats/events.orders.placed',
      type: 'orders.placed',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      datacontenttype: 'application/json',
      data: { id: 9 },
    });
    expect(await decoded({ subject, payload: '' })).toMatchObject({ type: 'orders.placed' });
  });

  it('gives the same id to every delivery of a message without one', async () => {
    const first = await deliver({ subject, payload: '[1]' });
    first.nak();
    const [again] = await consumer.next(1);
    const other = await deliver({ subject, payload: '[1]' });
    const ids = [first, again, other].map((delivery) => delivery && decodeEvent(delivery).id);
    expect(ids[0]).toBe(ids[1]);
    expect(ids[0]).not.toBe(ids[2]);
    again?.ack();
    other.ack();
  });

  it.each<[string, Omit<MessageToPublish, 'subject'>]>([
    ['no JSON', { payload: 'hello' }],
    ['an event without a source', { payload: '{"specversion":"1.0","id":"1","type":"a"}' }],
    ['an event of another version', { payload: '{"specversion":"0.3","id":"1","type":"a","source":"/"}' }],
    ['structured by its content type only', { payload: '[]', headers: { 'content-type': 'application/cloudevents+json' } }],
    ['nested too deep', { payload: `${'['.repeat(100_000)}${']'.repeat(100_000)}` }],
    ['nested too deep within headers', { payload: '['.repeat(70) + ']'.repeat(70), headers: { 'ce-id': '1' } }],
  ])('refuses %s', async (_name, message) => {
    const delivery = await deliver({ subject, ...message });
    delivery.ack();
    expect(() => decodeEvent(delivery)).toThrow(expect.objectContaining({ code: 'MESSAGE_UNREADABLE' }));
  });
});
