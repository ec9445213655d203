import { LLMock } from '@copilotkit/aimock';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createModelGateway } from '@jetsaga/ai';
import type { Json } from '@jetsaga/contracts';
import { startHttpServer, type RecordedRequest, type TestHttpServer } from '@jetsaga/testing';
import { tryHandler } from '@jetsaga/worker';
import { llmService } from './llm-service.handler.ts';

describe('against a model', () => {
  let mock: LLMock;
  beforeAll(async () => {
    mock = await LLMock.create({ port: 0 });
    mock.onMessage(/capital of France/, { content: 'Paris.' });
    mock.onMessage(/as JSON/, { content: '{"capital":"Paris"}' });
  });
  afterAll(() => mock.stop());
  const ask = (config: { [key: string]: Json }) =>
    tryHandler(llmService(createModelGateway({ OPENAI_API_KEY: 'test', OPENAI_BASE_URL: `${mock.url}/v1` })), config, {
      idempotencyKey: 'e1:ask:1',
    });

  it('answers a prompt', async () => {
    const outcome = await ask({
      prompt: 'What is the capital of France?',
      system: 'Be brief.',
      model: 'gpt-test',
      max_tokens: 9,
    });
    expect(outcome).toMatchObject({ output: { text: 'Paris.', provider: 'openai', cached: false, costUsd: null } });
    const sent = mock.getLastRequest();
    expect(sent?.headers['idempotency-key']).toBe('e1:ask:1');
    expect(sent?.body).toMatchObject({ model: 'gpt-test', max_tokens: 9, messages: [{ role: 'system' }, { role: 'user' }] });
  });

  it('answers a conversation, with JSON that fits a schema', async () => {
    const schema = { type: 'object', required: ['capital'], properties: { capital: { type: 'string' } } };
    const outcome = await ask({ messages: [{ role: 'user', content: 'The capital, as JSON' }], schema });
    expect(outcome).toMatchObject({ output: { json: { capital: 'Paris' }, text: '{"capital":"Paris"}' } });
  });

  it.each<{ [key: string]: Json }>([
    {},
    { prompt: 'a', messages: [{ role: 'user', content: 'b' }] },
    { prompt: 'a', temperature: 9 },
  ])('refuses %j', async (config) => {
    await expect(ask(config)).rejects.toMatchObject({ code: 'INVALID_CONFIG' });
  });

  it('refuses a schema that is none', async () => {
    await expect(ask({ prompt: 'as JSON', schema: { type: 'nonsense' } })).rejects.toMatchObject({
      name: 'TerminalError',
      code: 'INVALID_SCHEMA',
    });
  });
});

describe('an answer that does not fit its schema', () => {
  let server: TestHttpServer;
  beforeAll(async () => {
    server = await startHttpServer();
  });
  afterAll(() => server.close());

  const schema = { type: 'object', required: ['n'], properties: { n: { type: 'integer', minimum: 1 } } };
  const ask = () => {
    const gateway = createModelGateway({ OPENAI_BASE_URL: `${server.url}/v1` });
    return tryHandler(llmService(gateway), { prompt: 'a number', schema }, { idempotencyKey: 'e1:ask:1' });
  };
  /** The model's answers, one after the other; the last one stays. */
  const answers = (...contents: string[]) => {
    const requests: RecordedRequest[] = [];
    server.answer((request) => {
      requests.push(request);
      const content = contents.length > 1 ? contents.shift() : contents[0];
      const message = { role: 'assistant', content };
      return {
        body: {
          model: 'm',
          choices: [{ index: 0, message, finish_reason: 'stop' }],
          usage: { prompt_tokens: 5, completion_tokens: 2 },
        },
      };
    });
    return requests;
  };

  it('is sent back once, with what is wrong', async () => {
    const requests = answers('{"n":0}', '{"n":3}');
    expect(await ask()).toMatchObject({ output: { json: { n: 3 }, usage: { inputTokens: 10, outputTokens: 4 } } });
    expect(requests).toHaveLength(2);
    expect(requests.map(({ headers }) => headers['idempotency-key'])).toEqual(['e1:ask:1', 'e1:ask:1:repair']);
    const { messages } = requests[1]?.json() as { messages: { role: string; content: string }[] };
    expect(messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'user']);
    expect(messages[2]?.content).toContain('/n');
  });

  it('is sent back also where it is no JSON', async () => {
    const requests = answers('I think it is three.', '{"n":3}');
    expect(await ask()).toMatchObject({ output: { json: { n: 3 } } });
    expect(requests).toHaveLength(2);
  });

  it('twice is a failure that may be tried again', async () => {
    const requests = answers('{"n":"x"}');
    await expect(ask()).rejects.toMatchObject({
      name: 'RetryableError',
      code: 'STRUCTURED_OUTPUT_INVALID',
      details: { answer: '{"n":"x"}' },
    });
    expect(requests).toHaveLength(2);
  });
});

it('without a provider fails for good, and says what to set', async () => {
  await expect(tryHandler(llmService(createModelGateway({})), { prompt: 'hello' })).rejects.toMatchObject({
    name: 'TerminalError',
    code: 'NO_PROVIDER',
    message: expect.stringContaining('OPENAI_API_KEY'),
  });
});
