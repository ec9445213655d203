import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newTraceparent, currentTraceparent, withTraceparent } from '@jetsaga/telemetry';
import { startTestNats, type TestServer } from '@jetsaga/testing';
import type { NatsConnection } from '@nats-io/transport-node';
import { z } from 'zod';
import { connectNats } from '../connection/connect-nats.ts';
import { requestReply } from './request-reply.ts';
import { listen, serveRequests } from './serve-requests.ts';
import { ServiceClient } from './service-client.ts';
import { ServiceError } from './service-error.ts';

let server: TestServer;
let connection: NatsConnection;
let client: ServiceClient;

beforeAll(async () => {
  server = await startTestNats();
  connection = await connectNats({ url: server.url, name: 'spec' });
  client = new ServiceClient(connection);
}, 60_000);

afterAll(async () => {
  await connection.close();
  await server.stop();
});

const tooLong = () => 'x'.repeat((connection.info?.max_payload ?? 0) + 1);

describe('requests', () => {
  it('reach one process of the queue group, within their trace', async () => {
    const served: string[] = [];
    const serve = (name: string) =>
      serveRequests(connection, 'svc.shop.price', 'shop', (request) => {
        served.push(name);
        return { asked: request.json(), trace: currentTraceparent() };
      });
    const servings = [serve('a'), serve('b')];
    const trace = newTraceparent();
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, item) => withTraceparent(trace, () => client.call('shop', 'price', { item }))),
    );
    expect(answers).toEqual(Array.from({ length: 20 }, (_, item) => ({ asked: { item }, trace })));
    expect(served).toHaveLength(20);
    for (const serving of servings) await serving.stop();
  });

  it('end with a name when nobody is there, in time or at all', async () => {
    expect(await requestReply(connection, 'svc.nobody.home', {}, { timeoutMs: 500 })).toEqual({ kind: 'no_responders' });
    await expect(client.call('nobody', 'home', {})).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE', service: 'nobody' });
    const release: (() => void)[] = [];
    const slow = serveRequests(connection, 'svc.shop.slow', 'shop', () => new Promise<void>((resolve) => release.push(resolve)));
    await expect(client.call('shop', 'slow', {}, { timeoutMs: 50 })).rejects.toMatchObject({ code: 'SERVICE_TIMEOUT' });
    release.forEach((done) => done());
    await slow.stop();
    const tooLarge = await requestReply(connection, 'svc.shop.slow', tooLong(), { timeoutMs: 500 });
    expect(tooLarge.kind).toBe('failed');
  });

  it('bring errors with their code, and hide those that nobody foresaw', async () => {
    const failures: Record<string, unknown> = {
      known: new ServiceError('OUT_OF_STOCK', 'none left', { details: { left: 0 } }),
      unknown: new Error('password is hunter2'),
      invalid: new z.ZodError([{ code: 'custom', path: ['n'], message: 'bad n', input: 1 }]),
    };
    const serving = serveRequests(connection, 'svc.shop.*', 'shop', (request) => {
      throw failures[request.subject.split('.')[2] ?? ''];
    });
    await expect(client.call('shop', 'known', {})).rejects.toMatchObject({
      code: 'OUT_OF_STOCK',
      message: 'none left',
      details: { left: 0 },
    });
    const hidden = expect.objectContaining({ code: 'INTERNAL', message: expect.not.stringContaining('hunter2') });
    await expect(client.call('shop', 'unknown', {})).rejects.toEqual(hidden);
    await expect(client.call('shop', 'invalid', {})).rejects.toMatchObject({ code: 'INVALID_REQUEST' });
    await serving.stop();
  });

  it('check the answer, and are told when it is too large', async () => {
    const serving = serveRequests(connection, 'svc.shop.*', 'shop', (request) =>
      request.subject.endsWith('huge') ? tooLong() : { error: 'a field of this name is no error' },
    );
    expect(await client.call('shop', 'field', {})).toEqual({ error: 'a field of this name is no error' });
    await expect(client.call('shop', 'field', {}, { reply: z.object({ price: z.number() }) })).rejects.toMatchObject({
      code: 'SERVICE_REPLY_INVALID',
    });
    await expect(client.call('shop', 'huge', {})).rejects.toMatchObject({ code: 'REPLY_TOO_LARGE' });
    const raw = await connection.request('svc.shop.raw', '{broken', { timeout: 1_000 });
    expect(raw.json()).toEqual({ error: 'a field of this name is no error' });
    await serving.stop();
  });

  it('are answered before stop resolves', async () => {
    let finish: () => void = () => undefined;
    const serving = serveRequests(
      connection,
      'svc.shop.work',
      'shop',
      () => new Promise<string>((resolve) => (finish = () => resolve('done'))),
    );
    const started = new Promise<void>((resolve) => {
      listen(connection, 'svc.shop.work', () => resolve());
    });
    const answer = client.call('shop', 'work', {});
    await started;
    const stopping = serving.stop();
    finish();
    expect(await answer).toBe('done');
    await stopping;
    await expect(client.call('shop', 'work', {}, { timeoutMs: 200 })).rejects.toThrow();
  });
});
