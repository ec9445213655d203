import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { eventually as within } from '@jetsaga/testing';
import { echo, waiting, workHandler } from './definitions-of-specs.ts';
import { TestApi } from './test-api.ts';

jest.setTimeout(30_000);

let api: TestApi;
/** Due times are whole seconds, and a coordinator looks at commands that nobody poked for after two. */
const eventually = <T>(check: () => T | Promise<T>) => within(check, { timeoutMs: 20_000 });

beforeAll(async () => {
  api = await TestApi.start();
  await api.announce(workHandler);
}, 60_000);
afterAll(() => api.stop(), 60_000);

const nightly = { schedule: '0 2 * * *', timezone: 'Europe/Berlin', input: { day: '{{ event.data.dueAt }}' } };
const scheduleOf = async (workflow: string) => (await api.get(`/v1/schedules?workflow=${workflow}`)).body.items[0];
const executionsOf = async (workflow: string) => (await api.get(`/v1/executions?workflow=${workflow}&limit=500`)).body.items;

describe('a schedule', () => {
  it('is there with its definition, and follows its versions', async () => {
    await api.apply({ ...echo, name: 'Follows', triggers: [nightly] });
    const first = await scheduleOf('follows');
    expect(first).toMatchObject({
      id: expect.stringMatching(/^follows\.[0-9a-f]{8}$/),
      version: 1,
      schedule: '0 2 * * *',
      timezone: 'Europe/Berlin',
      overlap: 'skip',
      catchUp: 'none',
      paused: false,
      disabled: false,
      nextRunAt: expect.stringMatching(/T0[01]:00:00\.000Z$/),
    });
    expect(Date.parse(first.nextRunAt)).toBeGreaterThan(Date.now());

    await api.post(`/v1/schedules/${first.id}/pause`);
    await api.apply({ ...echo, name: 'Follows', triggers: [{ schedule: '5 5 * * *' }, { ...nightly, overlap: 'allow' }] });
    const { items } = (await api.get('/v1/schedules?workflow=follows')).body;
    expect(items).toHaveLength(2);
    expect(items.find((one: { id: string }) => one.id === first.id)).toMatchObject({
      version: 2,
      overlap: 'allow',
      paused: true,
    });

    await api.apply({ ...echo, name: 'Follows' });
    expect((await api.get('/v1/schedules?workflow=follows')).body.items).toEqual([]);
    await api.post('/v1/definitions/follows/versions/1/activate');
    expect((await api.get('/v1/schedules?workflow=follows')).body.items).toMatchObject([{ id: first.id, paused: true }]);
  });

  it('rests while its definition is disabled', async () => {
    await api.apply({ ...echo, name: 'Rests', triggers: [nightly] });
    await api.post('/v1/definitions/rests/disable');
    const { id, ...rested } = await scheduleOf('rests');
    expect(rested).toMatchObject({ disabled: true });
    expect(rested.nextRunAt).toBeUndefined();
    expect((await api.post(`/v1/schedules/${id}/trigger`)).body.code).toBe('DEFINITION_DISABLED');
    const from = '2026-01-01T00:00:00Z';
    expect((await api.post(`/v1/schedules/${id}/backfill`, { from, to: from })).body.code).toBe('DEFINITION_DISABLED');
    await api.post('/v1/definitions/rests/enable');
    expect(await scheduleOf('rests')).toMatchObject({ disabled: false, nextRunAt: expect.any(String) });
  });

  it('runs every second, each time once', async () => {
    await api.apply({ ...echo, name: 'Ticks', triggers: [{ schedule: '* * * * * *', catchUp: 'all', input: { n: 1 } }] });
    const started = await eventually(async () => {
      const found = await executionsOf('ticks');
      expect(found.length).toBeGreaterThanOrEqual(3);
      return found;
    });
    const { id, lastRun } = await scheduleOf('ticks');
    expect(lastRun).toMatchObject({ outcome: 'started', executionId: expect.any(String) });
    expect(started[0]).toMatchObject({ input: { n: 1 }, startedBy: `schedule:${id}`, status: 'COMPLETED' });
    await api.post(`/v1/schedules/${id}/pause`);
    const { rows } = await api.pool.query(
      `SELECT key FROM saga.start_keys WHERE kind = 'schedule' AND workflow = 'ticks' ORDER BY key`,
    );
    const dues = rows.map(({ key }) => Date.parse(key.split('@')[1]));
    expect(dues.every((due, index) => index === 0 || due - dues[index - 1]! === 1_000)).toBe(true);
    expect((await executionsOf('ticks')).length).toBe(dues.length);
  });

  it('is paused and resumed', async () => {
    await api.apply({ ...echo, name: 'Pauses', triggers: [nightly] });
    const { id } = await scheduleOf('pauses');
    const paused = await api.post(`/v1/schedules/${id}/pause`);
    expect(paused).toMatchObject({ status: 200, body: { paused: true, changedBy: 'local', changedAt: expect.any(String) } });
    expect(paused.body.nextRunAt).toBeUndefined();
    expect(await api.post(`/v1/schedules/${id}/resume`)).toMatchObject({
      status: 200,
      body: { paused: false, nextRunAt: expect.any(String) },
    });
  });

  it('is triggered now, and says so', async () => {
    await api.apply({ ...echo, name: 'Triggered', triggers: [nightly] });
    const { id } = await scheduleOf('triggered');
    const { status, body } = await api.post(`/v1/schedules/${id}/trigger`);
    expect(status).toBe(201);
    const execution = (await api.get(`/v1/executions/${body.executionId}`)).body;
    expect(execution).toMatchObject({ workflow: 'triggered', startedBy: 'local' });
    expect(Date.now() - Date.parse(execution.input.day)).toBeLessThan(60_000);
    expect((await scheduleOf('triggered')).lastRun).toMatchObject({ outcome: 'started', executionId: body.executionId });
    expect((await api.post(`/v1/schedules/${id}/trigger`)).body.executionId).not.toBe(body.executionId);
  });

  it('starts once per key that the definition makes of its input', async () => {
    const idempotencyKey = '{{ formatDate(event.time, "yyyy") }}';
    await api.apply({ ...echo, name: 'Yearly', idempotencyKey, triggers: [nightly] });
    const { id } = await scheduleOf('yearly');
    const first = (await api.post(`/v1/schedules/${id}/trigger`)).body.executionId;
    expect((await api.post(`/v1/schedules/${id}/trigger`)).body.executionId).toBe(first);
  });

  it('is backfilled, each due time once', async () => {
    await api.apply({ ...echo, name: 'Backfilled', triggers: [nightly] });
    const { id } = await scheduleOf('backfilled');
    const fill = (from: string, to: string) => api.post(`/v1/schedules/${id}/backfill`, { from, to });
    const first = await fill('2026-03-28T00:00:00Z', '2026-03-30T12:00:00Z');
    expect(first.status).toBe(200);
    expect(first.body.runs).toMatchObject([
      { dueAt: '2026-03-28T01:00:00.000Z', known: false },
      { dueAt: '2026-03-29T01:00:00.000Z', known: false },
      { dueAt: '2026-03-30T00:00:00.000Z', known: false },
    ]);
    const again = await fill('2026-03-29T01:00:00Z', '2026-03-31T00:00:00Z');
    expect(again.body.runs).toMatchObject([
      { dueAt: '2026-03-29T01:00:00.000Z', known: true, executionId: first.body.runs[1].executionId },
      { dueAt: '2026-03-30T00:00:00.000Z', known: true },
      { dueAt: '2026-03-31T00:00:00.000Z', known: false },
    ]);
    expect(await executionsOf('backfilled')).toHaveLength(4);
    expect((await executionsOf('backfilled'))[0].input).toEqual({ day: expect.stringMatching(/^2026-03-3/) });
  });

  it.each([
    [{ from: '2026-01-01', to: '2026-01-02' }, 'INVALID_REQUEST'],
    [{ from: '2026-01-02T00:00:00Z', to: '2026-01-01T00:00:00Z' }, 'INVALID_REQUEST'],
    [{}, 'INVALID_REQUEST'],
    [{ from: '2020-01-01T00:00:00Z', to: '2026-01-01T00:00:00Z' }, 'BACKFILL_TOO_LARGE'],
  ])('refuses the backfill %j', async (body, code) => {
    await api.apply({ ...echo, name: 'Refuses', triggers: [nightly] });
    const { id } = await scheduleOf('refuses');
    expect(await api.post(`/v1/schedules/${id}/backfill`, body)).toMatchObject({ status: 422, body: { code } });
  });

  it('that does not exist is not found', async () => {
    for (const id of ['nothing.00000000', 'x', '%2e%2e']) {
      for (const command of ['pause', 'resume', 'trigger']) {
        expect((await api.post(`/v1/schedules/${id}/${command}`)).status).toBe(404);
      }
    }
  });

  it('whose input does not fit says why', async () => {
    const input = { type: 'object', required: ['day'] };
    await api.apply({ ...echo, name: 'Unfit', input, triggers: [{ schedule: '* * * * * *' }] });
    await eventually(async () =>
      expect((await scheduleOf('unfit')).lastRun).toMatchObject({ outcome: 'refused', reason: expect.stringContaining('day') }),
    );
    expect(await executionsOf('unfit')).toEqual([]);
    await api.post('/v1/definitions/unfit/disable');
  });
});

describe('a due time while the execution before it runs', () => {
  const everySecond = (overlap: string) => ({ ...waiting, triggers: [{ schedule: '* * * * * *', overlap, input: { n: 1 } }] });
  const stop = async (workflow: string) => api.post(`/v1/schedules/${(await scheduleOf(workflow)).id}/pause`);

  it('is skipped', async () => {
    await api.apply({ ...everySecond('skip'), name: 'Skips' });
    await eventually(async () => expect((await scheduleOf('skips')).lastRun?.outcome).toBe('skipped'));
    expect(await executionsOf('skips')).toHaveLength(1);
    const [first] = await executionsOf('skips');
    await api.finish(first.id, 'work');
    await eventually(async () => expect(await executionsOf('skips')).toHaveLength(2));
    await stop('skips');
  });

  it('runs beside it', async () => {
    await api.apply({ ...everySecond('allow'), name: 'Allows' });
    await eventually(async () => expect((await executionsOf('allows')).length).toBeGreaterThanOrEqual(2));
    await stop('allows');
  });

  it('waits for its end, one at most', async () => {
    await api.apply({ ...everySecond('buffer_one'), name: 'Buffers' });
    await eventually(async () => expect((await scheduleOf('buffers')).lastRun?.outcome).toBe('skipped'));
    const { waitingFor } = await scheduleOf('buffers');
    const [first] = await executionsOf('buffers');
    await api.finish(first.id, 'work');
    await eventually(async () => expect(await executionsOf('buffers')).toHaveLength(2));
    const { rows } = await api.pool.query(`SELECT key FROM saga.start_keys WHERE workflow = 'buffers'`);
    expect(rows.map(({ key }) => key.split('@')[1])).toContain(waitingFor);
    await stop('buffers');
  });

  it('cancels it, and starts when it has ended', async () => {
    await api.apply({ ...everySecond('cancel_other'), name: 'Cancels' });
    await eventually(async () => {
      const found = await executionsOf('cancels');
      expect(found.length).toBeGreaterThanOrEqual(2);
      expect(found.at(-1)).toMatchObject({ status: 'CANCELLED' });
    });
    await stop('cancels');
  });
});
