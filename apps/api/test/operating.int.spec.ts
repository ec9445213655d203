import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@jetsaga/testing';
import { TestApi } from './test-api.ts';

describe('operating executions over HTTP', () => {
  let api: TestApi;

  beforeAll(async () => {
    api = await TestApi.start();
    await api.announce({ name: 'spec_work' });
    await api.apply({
      name: 'Steps',
      dag: {
        nodes: [
          {
            id: 'first',
            handler: 'spec_work',
            config: { n: '{{ input.n }}' },
            compensate: { handler: 'spec_work', config: { undo: '{{ first.output }}' } },
          },
          { id: 'second', handler: 'spec_work', dependencies: ['first'], retry: { retries: 0 } },
          { id: 'third', handler: 'spec_work', dependencies: ['second'] },
        ],
      },
    });
  }, 60_000);

  afterAll(() => api.stop(), 60_000);

  const start = async (more: object = {}): Promise<string> => {
    const { status, body } = await api.post('/v1/definitions/steps/executions', { input: { n: 1 }, ...more });
    expect(status).toBe(201);
    return body.executionId;
  };
  const show = async (id: string) => (await api.get(`/v1/executions/${id}`)).body;
  /** Asks for it, and lets the coordinator look at once. */
  const act = async (id: string, what: string, json?: object) => {
    const answer = await api.post(`/v1/executions/${id}/${what}`, json);
    await api.poke(id);
    return answer;
  };
  const becomes = (id: string, status: string) => eventually(async () => expect((await show(id)).status).toBe(status));
  const statuses = async (id: string) =>
    Object.fromEntries(
      (await api.get(`/v1/executions/${id}/steps`)).body.items.map((step: { path: string; status: string }) => [
        step.path,
        step.status,
      ]),
    );
  const no = { outcome: 'failed' as const, error: { code: 'NO', message: 'no', retryable: false } };

  async function failing(): Promise<string> {
    const id = await start();
    await api.finish(id, 'first');
    await api.finish(id, 'second', no);
    await becomes(id, 'COMPENSATING');
    return id;
  }

  it('pauses and resumes', async () => {
    const id = await start();
    expect(await act(id, 'resume')).toMatchObject({ status: 409, body: { code: 'WRONG_STATE' } });
    expect(await act(id, 'pause', { reason: 'to look' })).toMatchObject({ status: 202 });
    await becomes(id, 'PAUSED');
    expect((await act(id, 'pause')).status).toBe(409);
    await api.finish(id, 'first');
    expect(await statuses(id)).toMatchObject({ first: 'COMPLETED', second: 'PENDING' });
    expect((await act(id, 'resume')).status).toBe(202);
    await eventually(async () => expect(await statuses(id)).toMatchObject({ second: 'QUEUED' }));
    const { items } = (await api.get(`/v1/executions/${id}/history`)).body;
    expect(items).toContainEqual(expect.objectContaining({ type: 'command.pause', by: 'local', data: { reason: 'to look' } }));
  });

  it('retries and waives undos that failed, and refuses a retry of the execution until that is done', async () => {
    const id = await failing();
    await api.finish(id, 'first', { ...no, attempt: 2 });
    await eventually(async () => expect(await statuses(id)).toMatchObject({ first: 'COMPENSATION_FAILED' }));
    expect(await act(id, 'retry')).toMatchObject({ status: 409, body: { code: 'WRONG_STATE' } });
    expect(await act(id, 'cancel')).toMatchObject({ status: 409 });
    expect((await act(id, 'compensations/retry', { path: 'nobody' })).status).toBe(404);
    expect((await act(id, 'compensations/waive', { path: 'first' })).status).toBe(422);
    expect((await act(id, 'compensations/retry', { path: 'second' })).status).toBe(409);
    expect((await act(id, 'compensations/retry', { path: 'first' })).status).toBe(202);
    await eventually(async () => expect(await statuses(id)).toMatchObject({ first: 'COMPENSATING' }));
    await api.finish(id, 'first', { ...no, attempt: 3 });
    await eventually(async () => expect(await statuses(id)).toMatchObject({ first: 'COMPENSATION_FAILED' }));
    expect((await act(id, 'compensations/waive', { path: 'first', reason: 'done by hand' })).status).toBe(202);
    await becomes(id, 'FAILED');
    expect((await act(id, 'compensations/waive', { path: 'first', reason: 'again' })).status).toBe(409);
    const { items } = (await api.get(`/v1/executions/${id}/steps?path=first`)).body;
    expect(items[0]).toMatchObject({ status: 'COMPENSATION_FAILED', undo: { waived: { by: 'local', reason: 'done by hand' } } });
    expect(items[0].attempts.map((attempt: { status: string }) => attempt.status)).toEqual([
      'COMPLETED',
      'COMPENSATION_FAILED',
      'COMPENSATION_FAILED',
    ]);
  });

  it('retries an execution that failed, with changed configuration', async () => {
    const id = await failing();
    await api.finish(id, 'first', { attempt: 2 });
    await becomes(id, 'FAILED');
    expect(await act(id, 'retry', { input: { nobody: {} } })).toMatchObject({
      status: 422,
      body: { errors: [{ pointer: '/input/nobody' }] },
    });
    expect((await act(id, 'retry', { input: { first: { n: 2 } } })).status).toBe(202);
    await eventually(async () => expect(await statuses(id)).toMatchObject({ first: 'QUEUED', second: 'PENDING' }));
    const { items } = (await api.get(`/v1/executions/${id}/steps?path=first`)).body;
    expect(items[0]).toMatchObject({ config: { n: 2 }, attempt: 3 });
    await api.finish(id, 'first', { attempt: 3 });
    await api.finish(id, 'second', { attempt: 2 });
    await api.finish(id, 'third', { attempt: 1, output: 'done' });
    await becomes(id, 'COMPLETED');
  });

  it('runs anew from a node, with the outputs of what completed before it, and never undoes those', async () => {
    const id = await start();
    await api.finish(id, 'first', { output: 'one' });
    await api.finish(id, 'second', { output: 'two' });
    await api.finish(id, 'third', { output: 'three' });
    expect((await act(id, 'rerun', { from: 'nobody' })).status).toBe(404);
    expect((await act(id, 'rerun', {})).status).toBe(422);
    const { status, body } = await act(id, 'rerun', { from: 'second', input: { n: 9 } });
    expect(status).toBe(201);
    expect(await statuses(body.executionId)).toEqual({ first: 'COMPLETED', second: 'QUEUED', third: 'PENDING' });
    expect(await show(body.executionId)).toMatchObject({ input: { n: 9 }, status: 'RUNNING' });
    await api.finish(body.executionId, 'second', no);
    await becomes(body.executionId, 'FAILED');
    expect(await statuses(body.executionId)).toMatchObject({ first: 'COMPLETED' });
  });

  it('starts at a node, and skips what is not at or below it', async () => {
    const id = await start({ startAt: 'second' });
    expect(await statuses(id)).toEqual({ first: 'SKIPPED', second: 'QUEUED', third: 'PENDING' });
    await api.finish(id, 'second');
    await api.finish(id, 'third', { output: 3 });
    expect(await show(id)).toMatchObject({ status: 'COMPLETED', output: 3 });
    expect((await api.post('/v1/definitions/steps/executions', { input: {}, startAt: 'nobody' })).status).toBe(404);
  });

  it('takes a bulk job, and tells how far it is', async () => {
    const { status, body } = await api.post('/v1/bulk', {
      action: 'cancel',
      filter: { workflow: 'steps', status: 'RUNNING' },
      reason: 'enough',
    });
    expect(status).toBe(202);
    expect(body).toMatchObject({ action: 'cancel', status: 'RUNNING', total: 1, done: 0, by: 'local' });
    expect((await api.get(`/v1/bulk/${body.id}`)).body).toEqual(body);
    expect((await api.get('/v1/bulk/nobody')).status).toBe(404);
  });

  it.each([
    { action: 'explode', filter: { workflow: 'x' } },
    { action: 'delete', filter: {} },
    { action: 'delete', filter: { stauts: 'FAILED' } },
    { action: 'delete', filter: { status: 'DONE' } },
    { action: 'delete' },
  ])('refuses the bulk job %j', async (body) => {
    expect((await api.post('/v1/bulk', body)).status).toBe(422);
  });
});
