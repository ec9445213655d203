import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Json } from '@jetsaga/contracts';
import { eventually, startHttpServer, type TestHttpServer } from '@jetsaga/testing';
import { tryHandler, type HandlerContext } from '@jetsaga/worker';
import type { Agent } from 'undici';
import { egressAgent } from '../egress/egress-agent.ts';
import { EgressPolicy } from '../egress/egress-policy.ts';
import { callExternalService } from './call-external-service.handler.ts';

let server: TestHttpServer;
let other: TestHttpServer;
const agents: Agent[] = [];
beforeAll(async () => {
  [server, other] = await Promise.all([startHttpServer(), startHttpServer()]);
});
afterEach(() => Promise.all(agents.splice(0).map((agent) => agent.destroy())));
afterAll(() => Promise.all([server.close(), other.close()]));

function call(config: { [key: string]: Json }, context: Partial<HandlerContext> = {}, allow = '127.0.0.1') {
  const agent = egressAgent(new EgressPolicy(allow));
  agents.push(agent);
  return tryHandler(callExternalService(agent), { url: server.url, ...config }, context);
}

const last = () => {
  const request = server.requests.at(-1);
  if (!request) throw new Error('nothing was sent');
  return request;
};

describe('a call', () => {
  it('sends what the configuration says, the idempotency key and the trace', async () => {
    server.answer(() => ({ status: 201, headers: { 'x-made': 'yes' }, body: { id: 7 } }));
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const outcome = await call(
      {
        url: `${server.url}/orders?a=1#fragment`,
        method: 'post',
        query: { b: [1, true], c: 'ü&' },
        headers: { 'X-Mine': 'mine' },
        body: { item: 'ä' },
        auth: { type: 'bearer', token: 'secret' },
      },
      { idempotencyKey: 'e1:pay:2', traceparent },
    );
    expect(outcome).toMatchObject({
      outcome: 'completed',
      branch: 'ok',
      output: { status: 201, headers: { 'x-made': 'yes' }, response: { id: 7 }, durationMs: expect.any(Number) },
    });
    const { method, url, headers, json } = last();
    expect([method, url]).toEqual(['POST', '/orders?a=1&b=1&b=true&c=%C3%BC%26']);
    expect(json()).toEqual({ item: 'ä' });
    expect(headers).toMatchObject({
      'content-type': 'application/json',
      'idempotency-key': 'e1:pay:2',
      'x-mine': 'mine',
      authorization: 'Bearer secret',
      traceparent,
    });
  });

  it.each([
    [{ type: 'basic', username: 'me', password: 'p:w' }, 'authorization', `Basic ${Buffer.from('me:p:w').toString('base64')}`],
    [{ type: 'header', name: 'X-Api-Key', value: 'k' }, 'x-api-key', 'k'],
  ])('authorizes by %j', async (auth, name, value) => {
    server.answer(() => ({ status: 200 }));
    await call({ auth });
    expect(last().headers[name]).toBe(value);
  });

  it.each([
    ['text', 'text/plain', 'some text', 'some text'],
    ['JSON that is broken', 'application/json', '{"a":', '{"a":'],
    ['JSON of a kind', 'application/problem+json', '{"a":1}', { a: 1 }],
    ['nothing', 'application/json', '', null],
  ])('takes %s as a response', async (_what, type, body, expected) => {
    server.answer(() => ({ headers: { 'content-type': type }, body }));
    expect(await call({})).toMatchObject({ output: { response: expected } });
  });

  it('takes bytes as base64, and unpacks what was compressed all the same', async () => {
    server.answer(() => ({ headers: { 'content-type': 'image/png' }, body: Buffer.from([0xff, 0xfe]) }));
    expect(await call({})).toMatchObject({ output: { response: '//4=', encoding: 'base64' } });
    server.answer(() => ({
      headers: { 'content-encoding': 'gzip', 'content-type': 'application/json' },
      body: gzipSync('{"a":1}'),
    }));
    expect(await call({})).toMatchObject({ output: { response: { a: 1 } } });
  });

  it('sends forms', async () => {
    server.answer(() => ({ status: 200 }));
    await call({ method: 'PUT', headers: { 'Content-Type': 'application/x-www-form-urlencoded' }, body: { a: 'x y', b: 2 } });
    expect(last().body.toString()).toBe('a=x+y&b=2');
  });

  it.each<{ [key: string]: Json }>([
    { url: 'ftp://example.com' },
    { url: 'http://user:pass@example.com' },
    { url: 'nowhere' },
    { method: 'CONNECT' },
    { headers: { Host: 'other' } },
    { headers: { 'X-A': 'b\r\nX-Evil: 1' } },
    { headers: { 'Bad Name': 'b' } },
    { timeout: 'soon' },
    { expectedStatus: 'ok' },
    { maxResponseBytes: 0 },
  ])('refuses the configuration %j', async (config) => {
    await expect(call(config)).rejects.toMatchObject({ code: 'INVALID_CONFIG' });
  });
});

describe('an answer that is not expected', () => {
  it.each([
    [404, 'HTTP_CLIENT_ERROR', 'TerminalError', undefined],
    [429, 'HTTP_CLIENT_ERROR', 'RetryableError', true],
    [500, 'HTTP_SERVER_ERROR', 'RetryableError', true],
    [504, 'HTTP_SERVER_ERROR', 'RetryableError', false],
    [304, 'UNEXPECTED_RESPONSE', 'TerminalError', undefined],
  ])('%i is %s, a %s', async (status, code, name, definite) => {
    server.answer(() => ({ status, headers: { 'retry-after': '3' }, body: status === 304 ? undefined : { why: 'because' } }));
    const error: unknown = await call({}).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code, name, details: { status } });
    if (definite !== undefined) expect(error).toMatchObject({ definite, retryAfterMs: 3_000 });
  });

  it('is a branch where an edge takes it, once no try is left', async () => {
    server.answer(() => ({ status: 404, body: 'gone' }));
    expect(await call({}, { branches: ['client_error'], retriesLeft: 3 })).toMatchObject({
      branch: 'client_error',
      output: { status: 404 },
    });
    await expect(call({}, { branches: ['server_error'] })).rejects.toMatchObject({ code: 'HTTP_CLIENT_ERROR' });
    server.answer(() => ({ status: 503 }));
    await expect(call({}, { branches: ['server_error'], retriesLeft: 1 })).rejects.toMatchObject({ name: 'RetryableError' });
    expect(await call({}, { branches: ['server_error'], retriesLeft: 0 })).toMatchObject({ branch: 'server_error' });
    server.answer(() => ({ status: 200 }));
    expect(await call({ expectedStatus: [201] }, { branches: ['unexpected_response'] })).toMatchObject({
      branch: 'unexpected_response',
    });
  });

  it('is judged by expectedStatus and retryOn', async () => {
    server.answer(() => ({ status: 404 }));
    expect(await call({ expectedStatus: ['2xx', 404] })).toMatchObject({ branch: 'ok' });
    await expect(call({ retryOn: '4xx' })).rejects.toMatchObject({ name: 'RetryableError' });
    server.answer(() => ({ status: 500 }));
    await expect(call({ retryOn: [] })).rejects.toMatchObject({ name: 'TerminalError' });
  });

  it('too large is refused, also when it was packed', async () => {
    server.answer(() => ({ body: 'x'.repeat(2_000) }));
    await expect(call({ maxResponseBytes: 1_999 })).rejects.toMatchObject({ code: 'RESPONSE_TOO_LARGE', name: 'TerminalError' });
    server.answer(() => ({ headers: { 'content-encoding': 'gzip' }, body: gzipSync('x'.repeat(1_000_000)) }));
    await expect(call({ maxResponseBytes: 10_000 })).rejects.toMatchObject({ code: 'RESPONSE_TOO_LARGE' });
  });
});

describe('no answer', () => {
  it('in time: the outcome is open', async () => {
    server.answer(() => new Promise(() => undefined));
    await expect(call({ timeout: '80ms' })).rejects.toMatchObject({ code: 'REQUEST_TIMEOUT', definite: false });
    expect(await call({ timeout: '80ms' }, { branches: ['timeout'] })).toMatchObject({
      branch: 'timeout',
      output: { status: null },
    });
  });

  it('to the end: a body that does not come counts as well', async () => {
    server.answer((_request, response) => void response.writeHead(200, { 'content-length': '10' }).write('half'));
    await expect(call({ timeout: '80ms' })).rejects.toMatchObject({ code: 'REQUEST_TIMEOUT' });
  });

  it('because nobody listens: nothing was sent', async () => {
    const gone = await startHttpServer();
    await gone.close();
    await expect(call({ url: gone.url })).rejects.toMatchObject({ code: 'REQUEST_FAILED', definite: true });
    await expect(call({ url: 'http://no-such-host.invalid' })).rejects.toMatchObject({ code: 'REQUEST_FAILED', definite: true });
  });

  it('because the connection broke: the outcome is open', async () => {
    server.answer((_request, response) => void response.destroy());
    await expect(call({})).rejects.toMatchObject({ code: 'REQUEST_FAILED', definite: false });
  });

  it('because the step was aborted', async () => {
    let asked = false;
    server.answer(() => {
      asked = true;
      return new Promise(() => undefined);
    });
    const controller = new AbortController();
    const calling = call({}, { signal: controller.signal });
    await Promise.all([
      eventually(() => expect(asked).toBe(true)).then(() => controller.abort()),
      expect(calling).rejects.toThrow(),
    ]);
  });
});

describe('addresses that are not public', () => {
  const refused = { code: 'EGRESS_REFUSED', name: 'TerminalError', message: expect.stringContaining('EGRESS_ALLOW') };

  it.each([
    (port: number) => `http://127.0.0.1:${port}`,
    (port: number) => `http://localhost:${port}`,
    (port: number) => `http://2130706433:${port}`,
    (port: number) => `http://0x7f.1:${port}`,
    (port: number) => `http://0177.0.0.1:${port}`,
    (port: number) => `http://[::1]:${port}`,
    (port: number) => `http://[::ffff:127.0.0.1]:${port}`,
    (port: number) => `http://0.0.0.0:${port}`,
    () => 'http://169.254.169.254/latest/meta-data',
    () => 'http://10.0.0.1',
    () => 'https://[fd00:ec2::254]/',
  ])('are refused: %s', async (address) => {
    const count = server.requests.length;
    await expect(call({ url: address(server.port) }, {}, '')).rejects.toMatchObject(refused);
    expect(server.requests).toHaveLength(count);
  });

  it('are refused behind a redirect, too', async () => {
    server.answer(() => ({ status: 302, headers: { location: `http://127.0.0.1:${other.port}/secret` } }));
    await expect(call({ url: `http://localhost:${server.port}` }, {}, 'localhost')).rejects.toMatchObject(refused);
    expect(other.requests).toEqual([]);
    server.answer(() => ({ status: 302, headers: { location: 'file:///etc/passwd' } }));
    await expect(call({})).rejects.toMatchObject({ code: 'REDIRECT_REFUSED' });
  });

  it('are reached where EGRESS_ALLOW names them', async () => {
    server.answer(() => ({ status: 200 }));
    expect(await call({ url: `http://localhost:${server.port}` }, {}, 'localhost')).toMatchObject({ branch: 'ok' });
    expect(await call({}, {}, '127.0.0.0/8')).toMatchObject({ branch: 'ok' });
  });
});

describe('redirects', () => {
  it('are followed three times', async () => {
    const chain = (length: number) =>
      server.answer(({ url }) => {
        const hop = Number(url.slice(1));
        return hop < length ? { status: 307, headers: { location: `/${hop + 1}` } } : { body: { hop } };
      });
    chain(3);
    expect(await call({ url: `${server.url}/0`, method: 'POST', body: 'kept' })).toMatchObject({
      output: { response: { hop: 3 } },
    });
    expect(last()).toMatchObject({ method: 'POST', body: Buffer.from('kept') });
    chain(4);
    await expect(call({ url: `${server.url}/0` })).rejects.toMatchObject({ code: 'TOO_MANY_REDIRECTS' });
  });

  it('to another origin take no secret along', async () => {
    server.answer(() => ({ status: 302, headers: { location: other.url } }));
    await call({ headers: { cookie: 'c', 'x-key': 'k' }, auth: { type: 'bearer', token: 'secret' } });
    const { headers } = other.requests.at(-1) ?? { headers: {} };
    expect(headers).not.toHaveProperty('authorization');
    expect(headers).not.toHaveProperty('cookie');
    expect(headers).not.toHaveProperty('x-key');
  });

  it('that are expected are not followed', async () => {
    server.answer(() => ({ status: 302, headers: { location: other.url } }));
    const { length } = other.requests;
    expect(await call({ expectedStatus: 302 })).toMatchObject({ branch: 'ok', output: { headers: { location: other.url } } });
    expect(other.requests).toHaveLength(length);
  });
});
