import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@jetsaga/testing';
import { workHandler } from './definitions-of-specs.ts';
import { TestApi } from './test-api.ts';

let api: TestApi;

beforeAll(async () => {
  api = await TestApi.start();
  await api.announce(workHandler);
}, 60_000);
afterAll(() => api.stop(), 60_000);

const node = (id: string, dependencies: string[] = []) => ({ id, handler: 'spec_work', dependencies, config: { id } });
const fanOut = {
  name: 'Fan out, fan in',
  dag: {
    nodes: [{ id: 'in', handler: 'input', dependencies: [] }, node('a', ['in']), node('b', ['in']), node('join', ['a', 'b'])],
  },
};

async function submit(definition: unknown): Promise<string> {
  const { status, body } = await api.post('/v1/workflow', definition);
  expect(status).toBe(201);
  expect(Object.keys(body).sort()).toEqual(['execution_id', 'message', 'workflow_definition_id']);
  return body.execution_id;
}

describe('the older DAG engine', () => {
  it('submits, triggers, tells the state and gives the results', async () => {
    const id = await submit(fanOut);
    expect((await api.get(`/v1/workflows/${id}`)).body).toEqual({
      id,
      state: 'PENDING',
      started_at: null,
      node_states: { in: 'PENDING', a: 'PENDING', b: 'PENDING', join: 'PENDING' },
    });
    expect((await api.get(`/v1/workflows/${id}/results`)).body).toEqual({ execution_id: id, state: 'PENDING', results: {} });

    const triggered = await api.post(`/v1/workflow/trigger/${id}`, { input_params: { order: 7 } });
    expect(triggered).toMatchObject({ status: 200, body: { execution_id: id } });
    const running = (await api.get(`/v1/workflows/${id}`)).body;
    expect(running).toMatchObject({
      state: 'RUNNING',
      node_states: { in: 'COMPLETED', a: 'QUEUED', b: 'QUEUED', join: 'PENDING' },
    });
    expect(Date.parse(running.started_at)).toBeGreaterThan(0);

    const steps = (await api.get(`/v1/executions/${id}/steps`)).body.items;
    expect(steps.map((step: { path: string; status: string }) => `${step.path} ${step.status}`)).toEqual([
      'in COMPLETED',
      'a QUEUED',
      'b QUEUED',
      'join PENDING',
    ]);

    await api.finish(id, 'a', { output: 1 });
    await api.finish(id, 'b', { output: 2 });
    await api.finish(id, 'join', { output: { sum: 3 } });
    expect((await api.get(`/v1/workflows/${id}`)).body).toMatchObject({ state: 'COMPLETED', node_states: { join: 'COMPLETED' } });
    expect((await api.get(`/v1/workflows/${id}/results`)).body).toEqual({
      execution_id: id,
      state: 'COMPLETED',
      results: { sum: 3 },
    });
    expect((await api.get(`/v1/executions/${id}`)).body.input).toEqual({ order: 7 });
  });

  it('gives several leaves by id', async () => {
    const id = await submit({ name: 'Two leaves', dag: { nodes: [node('a'), node('b')] } });
    await api.post(`/v1/workflow/trigger/${id}`, {});
    await api.finish(id, 'a', { output: 1 });
    await api.finish(id, 'b', { output: 2 });
    expect((await api.get(`/v1/workflows/${id}/results`)).body.results).toEqual({ a: 1, b: 2 });
  });

  it('refuses a trigger while it runs, and starts anew after its end', async () => {
    const id = await submit(fanOut);
    const both = await Promise.all([1, 2].map(() => api.post(`/v1/workflow/trigger/${id}`, { input_params: {} })));
    expect(both.map((answer) => answer.status).sort()).toEqual([200, 409]);
    expect(await api.post(`/v1/workflow/trigger/${id}`)).toMatchObject({ status: 409, body: { code: 'WRONG_STATE' } });
    for (const path of ['a', 'b', 'join']) await api.finish(id, path);
    const again = await api.post(`/v1/workflow/trigger/${id}`, { input_params: { n: 2 } });
    expect(again.status).toBe(200);
    expect(again.body.execution_id).not.toBe(id);
    await eventually(async () => expect((await api.get(`/v1/workflows/${again.body.execution_id}`)).body.state).toBe('RUNNING'));
  });

  it.each([
    ['POST', '/v1/workflow/trigger/nope', 404],
    ['POST', '/v1/workflow/trigger/00000000-0000-0000-0000-000000000000', 404],
    ['GET', '/v1/workflows/nope', 404],
    ['GET', '/v1/workflows/nope/results', 404],
  ])('%s %s is %d', async (method, path, status) => {
    expect((await api.request(method, path)).status).toBe(status);
  });

  it('refuses what is no definition, naming every problem', async () => {
    const cycle = { name: 'Round and round', dag: { nodes: [node('a', ['b']), node('b', ['a'])] } };
    const { status, body } = await api.post('/v1/workflow', cycle);
    expect(status).toBe(422);
    expect(body.errors.map((error: { code: string }) => error.code)).toContain('CYCLE');
    expect((await api.post('/v1/workflow', {})).status).toBe(422);
    expect((await api.request('POST', '/v1/workflow')).status).toBe(422);
  });
});
