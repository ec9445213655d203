import { LLMock } from '@copilotkit/aimock';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createModelGateway } from './create-model-gateway.ts';

describe('the gateway over an OpenAI-compatible endpoint', () => {
  let mock: LLMock;
  const gateway = () => createModelGateway({ OPENAI_API_KEY: 'test', OPENAI_BASE_URL: `${mock.url}/v1` });

  beforeAll(async () => {
    mock = await LLMock.create({ port: 0 });
    mock.onEmbedding(/lighthouse/, { embedding: [0.6, 0.8, 0] });
    mock.onMessage(/capital of France/, { content: 'Paris.' });
    mock.onMessage(/as JSON/, { content: '{"capital":"Paris"}' });
    mock.onMessage(/not JSON/, { content: 'I would rather not.' });
  });
  afterAll(() => mock.stop());

  it('embeds, with the default model', async () => {
    const { vectors, model, provider } = await gateway().embed({ texts: ['the lighthouse'] });
    expect(vectors[0]).toEqual(Float32Array.from([0.6, 0.8, 0]));
    expect({ model, provider }).toEqual({ model: 'text-embedding-3-small', provider: 'openai' });
  });

  it('completes, and passes the idempotency key on', async () => {
    const answer = await gateway().complete({
      messages: [{ role: 'user', content: 'What is the capital of France?' }],
      temperature: 0,
      maxTokens: 20,
      idempotencyKey: 'run:ask:0',
    });
    expect(answer).toMatchObject({ text: 'Paris.', provider: 'openai', finishReason: 'stop' });
    const sent = mock.getLastRequest();
    expect(sent?.headers['idempotency-key']).toBe('run:ask:0');
    expect(sent?.body).toMatchObject({ temperature: 0, max_tokens: 20 });
  });

  it('parses an answer to a schema, and calls one that is no JSON malformed', async () => {
    const schema = { type: 'object', properties: { capital: { type: 'string' } } };
    const ask = (content: string) => gateway().complete({ messages: [{ role: 'user', content }], schema });
    expect((await ask('The capital, as JSON')).json).toEqual({ capital: 'Paris' });
    await expect(ask('Something not JSON')).rejects.toMatchObject({ name: 'RetryableError', code: 'MODEL_ANSWER_MALFORMED' });
  });

  it('embeds offline when that is asked for', async () => {
    const { vectors, provider } = await gateway().embed({ texts: ['the lighthouse', 'a ship'], model: 'offline' });
    expect(vectors.map((vector) => vector.length)).toEqual([512, 512]);
    expect(provider).toBe('offline');
  });
});

describe('the gateway without a provider', () => {
  it('embeds offline, and says what to set for anything else', async () => {
    const gateway = createModelGateway({ OPENAI_API_KEY: '' });
    expect(gateway.embeddingModel).toBe('offline');
    expect((await gateway.embed({ texts: ['the lighthouse'] })).vectors).toHaveLength(1);
    await expect(gateway.complete({ messages: [{ role: 'user', content: 'hello' }] })).rejects.toMatchObject({
      name: 'TerminalError',
      code: 'NO_PROVIDER',
      message: expect.stringContaining('OPENAI_API_KEY'),
    });
    await expect(gateway.embed({ texts: ['x'], model: 'text-embedding-3-small' })).rejects.toMatchObject({ code: 'NO_PROVIDER' });
  });

  it('refuses an address that is none', () => {
    expect(() => createModelGateway({ OPENAI_BASE_URL: 'ftp://models' })).toThrow(/OPENAI_BASE_URL/);
  });
});

describe('failures of the endpoint', () => {
  let server: Server;
  let answer: (request: IncomingMessage, response: ServerResponse) => void;
  const problem = (status: number, headers: Record<string, string> = {}, error: object = { message: 'no' }) => {
    answer = (_request, response) => {
      response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify({ error }));
    };
  };
  const ask = (options: { timeoutMs?: number; signal?: AbortSignal } = {}) => {
    const { port } = server.address() as AddressInfo;
    const gateway = createModelGateway({ OPENAI_BASE_URL: `http://127.0.0.1:${port}/v1` }, options);
    return gateway.complete({ messages: [{ role: 'user', content: 'hello' }], signal: options.signal });
  };

  beforeAll(async () => {
    server = createServer((request, response) => answer(request, response));
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  });
  afterAll(async () => {
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  });

  it.each([
    [429, { 'retry-after': '7' }, undefined, 'RetryableError', 'MODEL_RATE_LIMITED', 7_000],
    [429, {}, { message: 'pay', code: 'insufficient_quota' }, 'TerminalError', 'MODEL_QUOTA_EXCEEDED', undefined],
    [503, { 'retry-after-ms': '250' }, undefined, 'RetryableError', 'MODEL_UNAVAILABLE', 250],
    [500, {}, undefined, 'RetryableError', 'MODEL_UNAVAILABLE', undefined],
    [401, {}, undefined, 'TerminalError', 'MODEL_UNAUTHORIZED', undefined],
    [404, {}, undefined, 'TerminalError', 'MODEL_NOT_FOUND', undefined],
    [400, {}, undefined, 'TerminalError', 'MODEL_REQUEST_REFUSED', undefined],
  ] as const)('%i %j %j is a %s', async (status, headers, error, name, code, retryAfterMs) => {
    problem(status, headers, error);
    const failure = await ask().catch((thrown: unknown) => thrown);
    expect(failure).toMatchObject({ name, code, details: { status } });
    expect((failure as { retryAfterMs?: number }).retryAfterMs).toBe(retryAfterMs);
  });

  it('asks once: retries are the policy of the step', async () => {
    let requests = 0;
    answer = (_request, response) => {
      requests += 1;
      response.writeHead(500).end();
    };
    await expect(ask()).rejects.toMatchObject({ code: 'MODEL_UNAVAILABLE' });
    expect(requests).toBe(1);
  });

  it('knows no outcome when the answer does not come, or the call is aborted', async () => {
    answer = () => undefined;
    await expect(ask({ timeoutMs: 50 })).rejects.toMatchObject({ code: 'MODEL_TIMEOUT', definite: false });
    await expect(ask({ signal: AbortSignal.timeout(20) })).rejects.toMatchObject({ code: 'MODEL_CALL_ABORTED', definite: false });
  });

  it('does not take half an answer', async () => {
    answer = (_request, response) => response.writeHead(200, { 'content-type': 'application/json' }).end('{"choices": [');
    await expect(ask()).rejects.toMatchObject({ name: 'RetryableError', code: 'MODEL_ANSWER_MALFORMED' });
    answer = (_request, response) => response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    await expect(ask()).rejects.toMatchObject({ name: 'RetryableError', code: 'MODEL_ANSWER_MALFORMED' });
  });
});
