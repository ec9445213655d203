import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startHttpServer, type HttpHandler, type TestHttpServer } from '@jetsaga/testing';
import { Jetsaga, JetsagaError } from './index.ts';

let server: TestHttpServer;
let jetsaga: Jetsaga;

beforeEach(async () => {
  server = await startHttpServer();
  jetsaga = new Jetsaga({ url: `${server.url}/`, apiKey: 'key' });
});
afterEach(() => server.close());

const problem = (status: number, code: string, more: object = {}) => ({
  status,
  headers: { 'content-type': 'application/problem+json' },
  body: JSON.stringify({ type: 'about:blank', title: 'No', status, code, detail: `because of ${code}`, ...more }),
});

function event(seq: number, name: string): string {
  const data = { time: '2026-01-01T00:00:00.000Z', data: { seq, path: name.startsWith('step.') ? 'a' : undefined } };
  return `id: ${seq}\nevent: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}

/** Streams these blocks and then ends, or breaks the connection. */
function stream(blocks: readonly string[], end: 'end' | 'break' = 'end'): HttpHandler {
  return (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const block of blocks) response.write(block);
    if (end === 'end') response.end();
    else setImmediate(() => response.destroy());
  };
}

describe('the client', () => {
  it('starts with the key, the options and the input', async () => {
    server.answer(() => ({ status: 201, body: { executionId: 'x1' } }));
    const run = await jetsaga.start('my flow/2', { a: 1 }, { idempotencyKey: 'k', labels: { l: 'v' } });
    expect(run.id).toBe('x1');
    const [request] = server.requests;
    expect(request!.url).toBe('/v1/definitions/my%20flow%2F2/executions');
    expect(request!.headers).toMatchObject({ authorization: 'Bearer key', 'content-type': 'application/json' });
    expect(request!.json()).toEqual({ input: { a: 1 }, idempotencyKey: 'k', labels: { l: 'v' } });
  });

  it('signals with any JSON as payload, null without one', async () => {
    server.answer(() => ({ status: 202, body: { status: 'RUNNING' } }));
    await jetsaga.signal('x1', 'go/on', 'a text');
    await jetsaga.execution('x1').signal('stop');
    expect(server.requests.map(({ url, json }) => [url, json()])).toEqual([
      ['/v1/executions/x1/signals/go%2Fon', 'a text'],
      ['/v1/executions/x1/signals/stop', null],
    ]);
  });

  it('completes, fails and keeps up tasks by their token', async () => {
    server.answer(() => ({ status: 202, body: { status: 'RUNNING', items: [], next: null } }));
    await jetsaga.tasks.list({ handler: 'ask' });
    await jetsaga.tasks.complete('a.b', { output: 1, branch: 'yes' });
    await jetsaga.tasks.fail('a.b', { code: 'NO', message: 'no', retryable: true });
    await jetsaga.tasks.heartbeat('a.b', { note: 'half way' });
    expect(server.requests[0]!.url).toBe('/v1/tasks?waiting=true&handler=ask');
    expect(server.requests.slice(1).map(({ url, json }) => [url, json()])).toEqual([
      ['/v1/tasks/a.b/complete', { output: 1, branch: 'yes' }],
      ['/v1/tasks/a.b/fail', { code: 'NO', message: 'no', retryable: true }],
      ['/v1/tasks/a.b/heartbeat', { note: 'half way' }],
    ]);
  });

  it('makes problems errors with their code, status and places', async () => {
    const errors = [{ pointer: '/a', code: 'CYCLE', message: 'm', line: 3 }];
    server.answer(() => problem(422, 'INVALID_DEFINITION', { errors, executionId: 'e' }));
    const error = await jetsaga.definitions.apply('x').catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(JetsagaError);
    expect(error).toMatchObject({ code: 'INVALID_DEFINITION', status: 422, errors, message: 'because of INVALID_DEFINITION' });
    expect((error as JetsagaError).problem['executionId']).toBe('e');
  });

  it('tells a server that is away from one that is something else', async () => {
    server.answer(() => ({ status: 502, body: '<html>' }));
    await expect(jetsaga.list()).rejects.toMatchObject({ code: 'NOT_A_JETSAGA_SERVER', status: 502 });
    const nobody = new Jetsaga({ url: 'http://127.0.0.1:1' });
    await expect(nobody.list()).rejects.toMatchObject({ code: 'UNREACHABLE', status: 0 });
    expect(() => new Jetsaga({ url: 'nonsense' })).toThrow(expect.objectContaining({ code: 'INVALID_URL' }));
  });

  it('searches by labels and several states', async () => {
    server.answer(() => ({ body: { items: [], next: null } }));
    await jetsaga.list({ workflow: 'w', status: ['FAILED', 'CANCELLED'], labels: { team: 'a&b' }, limit: 3 });
    const query = new URL(server.requests[0]!.url, server.url).searchParams;
    expect(Object.fromEntries(query)).toEqual({ workflow: 'w', status: 'FAILED,CANCELLED', 'label.team': 'a&b', limit: '3' });
  });

  it('answers with health also when it is bad', async () => {
    server.answer(() => ({ status: 503, body: { status: 'down', parts: {} } }));
    expect(await jetsaga.health()).toMatchObject({ status: 'down' });
  });

  it('uploads a file as a form', async () => {
    server.answer(() => ({ status: 201, body: { documentId: 'd' } }));
    await jetsaga.ingest(new Blob(['hello']), { name: 'greeting.txt' });
    expect(server.requests[0]!.headers['content-type']).toMatch(/^multipart\/form-data; boundary=/);
    expect(server.requests[0]!.body.toString()).toMatch(/filename="greeting.txt"[\s\S]*hello/);
  });
});

describe('events', () => {
  const names = async (run: ReturnType<Jetsaga['execution']>) => {
    const found: string[] = [];
    for await (const each of run.events()) found.push(`${each.seq} ${each.name}`);
    return found;
  };

  it('end with the execution', async () => {
    const told = stream([': hello\n\n', event(1, 'started'), event(2, 'step.completed'), event(3, 'completed')]);
    server.answer((request, response) =>
      request.url.endsWith('/result') ? { body: { status: 'COMPLETED' } } : told(request, response),
    );
    expect(await names(jetsaga.execution('x'))).toEqual(['1 started', '2 step.completed', '3 completed']);
  });

  it('go on where a connection broke', async () => {
    let ended = false;
    server.answer((request, response) => {
      if (!request.url.endsWith('/events')) return ended ? { body: { status: 'FAILED' } } : problem(409, 'NOT_TERMINAL');
      const after = request.headers['last-event-id'];
      ended = after === '2';
      return stream(
        after === '2' ? [event(3, 'failed')] : [event(1, 'started'), event(2, 'step.failed')],
        after === '2' ? 'end' : 'break',
      )(request, response);
    });
    expect(await names(jetsaga.execution('x'))).toEqual(['1 started', '2 step.failed', '3 failed']);
  });

  it('go on after an end that an operator took back', async () => {
    let ended = false;
    server.answer((request, response) => {
      if (!request.url.endsWith('/events')) return ended ? { body: { status: 'COMPLETED' } } : problem(409, 'NOT_TERMINAL');
      ended = request.headers['last-event-id'] === '2';
      return stream(ended ? [event(3, 'resumed'), event(4, 'completed')] : [event(1, 'started'), event(2, 'failed')])(
        request,
        response,
      );
    });
    expect(await names(jetsaga.execution('x'))).toEqual(['1 started', '2 failed', '3 resumed', '4 completed']);
  });

  it('are refused as the server refuses', async () => {
    server.answer(() => problem(404, 'NOT_FOUND'));
    await expect(names(jetsaga.execution('x'))).rejects.toMatchObject({ code: 'NOT_FOUND', status: 404 });
  });
});

describe('a result', () => {
  it('is there at once when the execution has ended', async () => {
    server.answer(() => ({ body: { status: 'COMPLETED', output: 7 } }));
    expect(await jetsaga.execution('x').result()).toEqual({ status: 'COMPLETED', output: 7 });
  });

  it('is waited for', async () => {
    let ended = false;
    server.answer((request, response) => {
      if (request.url.endsWith('/result'))
        return ended ? { body: { status: 'FAILED', error: { code: 'C', message: 'm' } } } : problem(409, 'NOT_TERMINAL');
      ended = true;
      return stream([event(1, 'started'), event(2, 'failed')])(request, response);
    });
    expect(await jetsaga.execution('x').result({ timeout: '10s' })).toMatchObject({ status: 'FAILED' });
  });

  it('is not waited for longer than was said', async () => {
    server.answer((request, response) => {
      if (request.url.endsWith('/result')) return problem(409, 'NOT_TERMINAL');
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(event(1, 'started'));
      return undefined;
    });
    await expect(jetsaga.execution('x').result({ timeout: '100ms' })).rejects.toMatchObject({ code: 'TIMEOUT' });
  });
});
