import { connect } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { echo, waiting, workHandler } from './definitions-of-specs.ts';
import { TestApi } from './test-api.ts';

let api: TestApi;
let running: string;

beforeAll(async () => {
  api = await TestApi.start();
  await api.announce(workHandler);
  await api.apply(echo);
  await api.apply(waiting);
  running = (await api.post('/v1/definitions/waiting/executions', { input: { n: 1 } })).body.executionId;
}, 60_000);
afterAll(() => api.stop(), 60_000);

// Whatever was sent: the server answers, and the execution that runs is as it was.
afterEach(async () => {
  expect(await api.get(`/v1/executions/${running}`)).toMatchObject({ status: 200, body: { status: 'RUNNING' } });
});

const json = { 'content-type': 'application/json' };
const starts = '/v1/definitions/echo/executions';

function deep(levels: number): string {
  return `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;
}

/** Writes these bytes on a connection of its own, and reads until the server closes it or is silent. */
function raw(bytes: string | Buffer): Promise<string> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(api.url);
    const socket = connect(Number(port), hostname, () => socket.write(bytes));
    let answer = '';
    socket.setTimeout(3_000, () => socket.destroy());
    socket.on('data', (chunk) => {
      answer += chunk.toString();
      if (answer.includes('\r\n\r\n') && /"code"/.test(answer)) socket.destroy();
    });
    socket.on('error', (error: NodeJS.ErrnoException) =>
      error.code === 'ECONNRESET' || error.code === 'EPIPE' ? undefined : reject(error),
    );
    socket.on('close', () => resolve(answer));
  });
}

describe('bodies', () => {
  it.each([
    ['no JSON', '{"input": ', 400, 'INVALID_JSON'],
    ['two values', '{} {}', 400, 'INVALID_JSON'],
    ['a byte order mark inside', '{"input":\ufeff1}', 400, 'INVALID_JSON'],
    ['NaN', '{"input": NaN}', 400, 'INVALID_JSON'],
    ['100 levels', `{"input":${deep(100)}}`, 422, 'UNSUPPORTED_JSON'],
    ['100,000 levels', `{"input":${deep(100_000)}}`, 422, 'UNSUPPORTED_JSON'],
    ['100,000 open brackets', '['.repeat(100_000), 400, 'INVALID_JSON'],
    ['__proto__', '{"input":{"__proto__":{"polluted":true}}}', 422, 'UNSUPPORTED_JSON'],
    ['U+0000', '{"input":{"n":"a\\u0000b"}}', 422, 'UNSUPPORTED_JSON'],
    ['a lone surrogate', '{"labels":{"a":"\\udead"}}', 422, 'UNSUPPORTED_JSON'],
    ['a number beyond a double', '{"input":{"n":1e400}}', 422, 'UNSUPPORTED_JSON'],
    ['a list', '[]', 422, 'INVALID_REQUEST'],
    ['a text', '"input"', 422, 'INVALID_REQUEST'],
    ['null', 'null', 422, 'INVALID_REQUEST'],
    ['a version that is none', '{"version":1.5}', 422, 'INVALID_REQUEST'],
    ['a version beyond int', '{"version":99999999999}', 422, 'INVALID_REQUEST'],
    ['labels of the wrong type', '{"labels":[]}', 422, 'INVALID_REQUEST'],
    [
      'a thousand labels',
      JSON.stringify({ labels: Object.fromEntries(Array.from({ length: 1000 }, (_, n) => [`l${n}`, 'x'])) }),
      422,
      'INVALID_REQUEST',
    ],
    ['an idempotency key of 1 MB', JSON.stringify({ idempotencyKey: 'k'.repeat(1_000_000) }), 422, 'INVALID_REQUEST'],
  ])('of %s are refused', async (_what, body, status, code) => {
    const answer = await api.request('POST', starts, { body, headers: json });
    expect(answer).toMatchObject({ status, body: { status, code } });
    expect(answer.headers.get('content-type')).toMatch('application/problem+json');
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  it('keep harmless keys that other parsers trip over', async () => {
    const input = { constructor: { prototype: { x: 1 } }, toString: 'x', hasOwnProperty: null, '': 0, 'a/b~c': [], '💩': 'ü' };
    const { body } = await api.post(`${starts}?wait=5s`, { input: { ...input, n: 1 } });
    expect((await api.get(`/v1/executions/${body.executionId}`)).body.input).toEqual({ ...input, n: 1 });
  });

  it('that are not UTF-8 are refused', async () => {
    const body = new Uint8Array([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]);
    expect(await api.request('POST', starts, { body, headers: json })).toMatchObject({
      status: 400,
      body: { code: 'INVALID_ENCODING' },
    });
    expect(await api.request('POST', '/v1/definitions', { body })).toMatchObject({
      status: 400,
      body: { code: 'INVALID_ENCODING' },
    });
  });

  it('beyond 10 MiB are refused, a definition beyond 1 MiB', async () => {
    const large = JSON.stringify({ input: 'x'.repeat(11 * 1024 * 1024) });
    expect(await api.request('POST', starts, { body: large, headers: json })).toMatchObject({
      status: 413,
      body: { code: 'TOO_LARGE' },
    });
    const definition = `# ${'x'.repeat(1024 * 1024)}\nname: x\n`;
    expect(await api.request('POST', '/v1/definitions', { body: definition })).toMatchObject({
      status: 413,
      body: { code: 'TOO_LARGE' },
    });
  });

  it.each([
    'text/plain',
    'application/xml',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'image/png',
    'application/json5',
  ])('of the media type %s are refused where JSON is asked for', async (type) => {
    const answer = await api.request('POST', starts, { body: '{}', headers: { 'content-type': type } });
    expect(answer).toMatchObject({ status: 415, body: { code: 'UNSUPPORTED_MEDIA_TYPE' } });
  });

  it('that are encoded in a way that is not understood are refused', async () => {
    const gzip = await api.request('POST', starts, { body: '{}', headers: { ...json, 'content-encoding': 'gzip' } });
    expect(gzip).toMatchObject({ status: 415, body: { code: 'UNSUPPORTED_ENCODING' } });
    const utf16 = await api.request('POST', starts, {
      body: '{}',
      headers: { 'content-type': 'application/json; charset=utf-16' },
    });
    expect(utf16).toMatchObject({ status: 415, body: { code: 'UNSUPPORTED_ENCODING' } });
  });
});

describe('definitions', () => {
  it('of an alias bomb are refused at once', async () => {
    const levels = Array.from({ length: 20 }, (_, n) => `x${n + 1}: &x${n + 1} [${Array(10).fill(`*x${n}`).join(', ')}]`);
    const began = performance.now();
    const { status } = await api.request('POST', '/v1/definitions', { body: `x0: &x0 lol\n${levels.join('\n')}\nname: bomb\n` });
    expect(status).toBe(422);
    expect(performance.now() - began).toBeLessThan(3_000);
  });

  it.each([
    ['100,000 brackets', '['.repeat(100_000)],
    ['deep JSON', deep(50_000)],
    ['a tag that would make code', 'name: !!js/function "function(){}"\ndag: {nodes: []}'],
    ['U+0000', 'name: "a\\0b"\ndag: {nodes: [{id: a, handler: input}]}'],
    ['__proto__', '{"name":"x","__proto__":{"dag":1},"dag":{"nodes":[{"id":"a","handler":"input"}]}}'],
    ['no nodes', '{"name":"x","dag":{"nodes":[]}}'],
    ['nodes of the wrong type', '{"name":"x","dag":{"nodes":{"a":1}}}'],
    ['a name of 1 MB', JSON.stringify({ name: 'n'.repeat(1_000_000), dag: { nodes: [{ id: 'a', handler: 'input' }] } })],
  ])('of %s are refused', async (_what, body) => {
    const answer = await api.request('POST', '/v1/definitions', { body });
    expect(answer.status).toBe(422);
    expect(answer.body.errors.length).toBeGreaterThan(0);
  });
});

describe('addresses', () => {
  it.each([
    ['/v1/executions/%', 400],
    ['/v1/executions/%zz', 400],
    ['/v1/executions/%00', 400],
    ['/v1/executions?q=%00', 400],
    ['/v1/executions?q=%ff', 200],
    ['/v1/executions/..%2f..%2fetc%2fpasswd', 404],
    ['/v1/executions/%ff', 400],
    ["/v1/executions?workflow=';drop table saga.executions;--", 200],
    ['/v1/executions?label.=x', 200],
    ['/v1/executions?__proto__[x]=1&constructor.prototype.x=1', 200],
    ['/v1/executions?limit=1&limit=2', 422],
    ['/v1/executions?cursor=%F0%9F%92%A9', 422],
    ['/v1/executions?since=275760-09-13T00:00:00.001Z', 422],
    ['/v1/definitions/UPPER', 404],
    ['/v1/nothing', 404],
    ['/docs/../../etc/passwd', 404],
    ['/docs/%2e%2e/%2e%2e/package.json', 404],
  ])('%s are answered with %d', async (path, status) => {
    const answer = await api.get(path);
    expect(answer.status).toBe(status);
    if (status >= 400) expect(answer.body).toMatchObject({ status, code: expect.any(String) });
  });

  it('that are too long are refused', async () => {
    expect(await api.get(`/v1/executions/${'a'.repeat(5_000)}`)).toMatchObject({ status: 414, body: { code: 'URL_TOO_LONG' } });
    expect(await api.get(`/v1/executions?q=${'a'.repeat(20_000)}`)).toMatchObject({
      status: 431,
      body: { code: 'HEADERS_TOO_LARGE' },
    });
  });

  it('with a wrong method are answered with what is possible', async () => {
    const answer = await api.request('PUT', '/v1/definitions');
    expect(answer).toMatchObject({ status: 405, body: { code: 'METHOD_NOT_ALLOWED' } });
    expect(answer.headers.get('allow')).toBe('GET, HEAD, POST');
    expect((await api.request('DELETE', '/v1/health')).status).toBe(405);
  });
});

describe('the wire', () => {
  const head = 'GET /v1/health HTTP/1.1\r\nHost: localhost\r\n';

  it.each([
    ['no HTTP', 'hello\r\n\r\n', /^HTTP\/1.1 400 [\s\S]*"code":"UNREADABLE"/],
    ['headers of 100 KB', `${head}X-Big: ${'x'.repeat(100_000)}\r\n\r\n`, /^HTTP\/1.1 431 [\s\S]*"code":"HEADERS_TOO_LARGE"/],
    [
      'two lengths',
      `POST ${starts} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n{}`,
      /^HTTP\/1.1 400 /,
    ],
    [
      'a length and chunks',
      `POST ${starts} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
      /^HTTP\/1.1 400 /,
    ],
    ['a negative length', `POST ${starts} HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n`, /^HTTP\/1.1 400 /],
    ['a header with a line break', `${head}X: a\nb\0c\r\n\r\n`, /^HTTP\/1.1 400 /],
    ['no host', 'GET /v1/health HTTP/1.1\r\n\r\n', /^HTTP\/1.1 (400|403) /],
    ['a foreign host', 'GET /v1/health HTTP/1.1\r\nHost: evil.example\r\n\r\n', /^HTTP\/1.1 403 [\s\S]*"code":"FOREIGN_HOST"/],
    ['a foreign origin', `${head}Origin: https://evil.example\r\n\r\n`, /^HTTP\/1.1 403 [\s\S]*"code":"FOREIGN_ORIGIN"/],
    [
      'an absolute address of a foreign host',
      'GET http://evil.example/v1/health HTTP/1.1\r\nHost: evil.example\r\n\r\n',
      /^HTTP\/1.1 403 /,
    ],
  ])('with %s is refused', async (_what, bytes, expected) => {
    expect(await raw(bytes)).toMatch(expected);
  });

  it('that breaks off in the middle does no harm', async () => {
    await raw(
      `POST ${starts} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"input":`,
    );
    expect((await api.get('/health/ready')).status).toBe(200);
  });
});

describe('authentication that is required', () => {
  let closed: TestApi;
  beforeAll(async () => {
    closed = await TestApi.start({ kind: 'required', apiKey: 'right' });
  }, 60_000);
  afterAll(() => closed.stop(), 60_000);

  it('lets nothing but health through without the key', async () => {
    for (const path of ['/health/live', '/health/ready']) expect((await closed.get(path)).status).toBe(200);
    expect((await closed.get('/v1/health')).status).toBe(503);
    for (const path of [
      '/',
      '/docs',
      '/openapi.json',
      '/metrics',
      '/v1/executions',
      '/v1/definitions',
      '/nothing',
      '/v1/workflows/x',
    ]) {
      const answer = await closed.get(path);
      expect(answer).toMatchObject({ status: 401, body: { code: 'UNAUTHENTICATED' } });
      expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer/);
    }
    expect((await closed.post('/v1/definitions', echo)).status).toBe(401);
    expect((await closed.get('/v1/executions', { authorization: 'Bearer wrong' })).status).toBe(401);
    expect((await closed.get('/v1/executions', { authorization: 'Bearer right' })).status).toBe(200);
  });
});
