import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TASK_FORMAT, type Task } from '@jetsaga/contracts';
import { startTestNats, type TestServer } from '@jetsaga/testing';
import { jetstreamManager, type JetStreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { connectNats } from './connection/connect-nats.ts';
import { BatchConsumer } from './consume/batch-consumer.ts';
import { NatsBus } from './nats-bus.ts';

let server: TestServer;
let connection: NatsConnection;
let manager: JetStreamManager;
let bus: NatsBus;

beforeAll(async () => {
  server = await startTestNats();
  connection = await connectNats({ url: server.url, name: 'spec' });
  manager = await jetstreamManager(connection);
  bus = await NatsBus.create(connection);
}, 60_000);

afterAll(async () => {
  bus.close();
  await connection.close();
  await server.stop();
});

const task = (path: string, dispatch = 1): Task => ({
  v: TASK_FORMAT,
  executionId: 'e1',
  workflow: 'intake',
  version: 1,
  path,
  attempt: 2,
  dispatch,
  kind: 'run',
  handler: 'resize_image',
  config: {},
  idempotencyKey: 'e1:resize:1',
  token: 't',
  timeoutMs: 1_000,
  scheduledAt: 0,
});

describe('NatsBus', () => {
  it('has no task stream before there are streams', async () => {
    expect(await bus.taskStream()).toBeUndefined();
    expect(await bus.taskMessageIdAt(1)).toBeUndefined();
    await bus.deleteTask(1);
    const [outcome] = await bus.publishTasks([{ task: task('a'), queue: 'media', traceparent: null }]);
    expect(outcome).toMatchObject({ ok: false, error: { code: 'STREAM_UNAVAILABLE' } });
  });

  it('publishes tasks, finds them by their sequence and deletes them', async () => {
    await bus.ensureStreams();
    await bus.ensureQueue('media');
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const outcomes = await bus.publishTasks([
      { task: task('a'), queue: 'media', traceparent },
      { task: task('each[3]/b', 7), queue: 'media', traceparent: null },
      { task: task('c'), queue: 'media', traceparent: null },
    ]);
    expect(outcomes.map((outcome) => outcome.ok && outcome.acknowledgement.sequence)).toEqual([1, 2, 3]);
    expect(await bus.taskMessageIdAt(2)).toBe('e1:each[3]/b:2:7');
    await bus.deleteTask(2);
    expect(await bus.taskMessageIdAt(2)).toBeUndefined();
    await bus.deleteTask(2);

    const consumer = new BatchConsumer(connection, { stream: 'TASKS', consumer: 'media' });
    const [first] = await consumer.next(1);
    expect(first).toMatchObject({ subject: 'tasks.media.resize_image', messageId: 'e1:a:2:1', traceparent });
    expect(JSON.parse(first?.text() ?? '')).toEqual(task('a'));
    expect(await bus.taskStream()).toMatchObject({ lastSequence: 3, delivered: new Map([['media', 1]]) });
    first?.ack();
    await consumer.stop();
  });

  it('shows by the creation time that the stream was made anew', async () => {
    const before = await bus.taskStream();
    await manager.streams.delete('TASKS');
    await bus.ensureStreams();
    const after = await bus.taskStream();
    expect(after?.created).not.toBe(before?.created);
    expect(after).toMatchObject({ lastSequence: 0, delivered: new Map() });
  });

  it('tells listeners without waiting', async () => {
    const heard = new Promise((resolve) => {
      connection.subscribe('svc.worker.abort', { max: 1, callback: (_error, message) => resolve(message.json()) });
    });
    const list = { v: 1 as const, aborts: [{ executionId: 'e1', path: 'a', attempt: 1, reason: 'cancelled' }] };
    bus.abort(list);
    expect(await heard).toEqual(list);
  });

  it('stores outbox messages once', async () => {
    const message = { subject: 'workflow.intake.e1.started', id: 'lifecycle:e1:1', body: { a: 1 }, headers: { x: 'y' } };
    const [first] = await bus.publish([message]);
    const [again] = await bus.publish([message]);
    expect([first, again]).toMatchObject([
      { acknowledgement: { sequence: 1, duplicate: false } },
      { acknowledgement: { sequence: 1, duplicate: true } },
    ]);
    const stored = await manager.streams.getMessage('LIFECYCLE', { seq: 1 });
    expect(stored?.json()).toEqual({ a: 1 });
    expect(stored?.header.get('x')).toBe('y');
  });
});
