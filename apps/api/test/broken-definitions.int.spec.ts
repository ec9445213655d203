import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { brokenDefinitionHandlers, brokenDefinitions } from '@jetsaga/testing';
import { waiting, workHandler } from './definitions-of-specs.ts';
import { TestApi } from './test-api.ts';

interface Problem {
  readonly code: string;
  readonly pointer: string;
  readonly line: number;
}

describe('a broken definition over HTTP', () => {
  let api: TestApi;
  let running: string;

  beforeAll(async () => {
    api = await TestApi.start();
    for (const [name, { queue, branches, configSchema }] of brokenDefinitionHandlers) {
      await api.announce({ name, queue, branches: [...branches], configSchema: (configSchema ?? {}) as Record<string, never> });
    }
    await api.announce(workHandler);
    await api.apply(waiting);
    running = (await api.post('/v1/definitions/waiting/executions', { input: { n: 1 } })).body.executionId;
  }, 60_000);

  afterAll(() => api.stop(), 60_000);

  it('is one of more than forty', () => {
    expect(brokenDefinitions.length).toBeGreaterThan(40);
  });

  it.each(brokenDefinitions)('%s: 422, every problem at once with code, pointer and line', async (_, source, expected) => {
    const answer = await fetch(`${api.url}/v1/definitions`, {
      method: 'POST',
      headers: { 'content-type': 'application/yaml' },
      body: source,
    });
    const problem = (await answer.json()) as { code: string; errors: Problem[] };
    expect({ status: answer.status, type: answer.headers.get('content-type') }).toEqual({
      status: 422,
      type: expect.stringContaining('application/problem+json'),
    });
    expect(problem.errors.map(({ code, pointer, line }) => [code, pointer, line])).toEqual(expected);
  });

  it('stores nothing of it, and leaves what runs alone', async () => {
    const { body } = await api.get('/v1/definitions');
    expect(body.items.map(({ key }: { key: string }) => key)).toEqual(['waiting']);
    expect(await api.get(`/v1/executions/${running}`)).toMatchObject({ status: 200, body: { status: 'RUNNING' } });
  });
});
