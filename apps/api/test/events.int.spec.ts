import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { streams } from '@jetsaga/contracts';
import { eventually } from '@jetsaga/testing';
import { echo } from './definitions-of-specs.ts';
import { TestApi } from './test-api.ts';

let api: TestApi;

beforeAll(async () => {
  api = await TestApi.start();
  const input = { n: '{{ event.data.n }}' };
  await api.apply({ ...echo, name: 'Small', triggers: [{ event: 'numbers.*', filter: 'event.data.n < 100', input }] });
  await api.apply({
    ...echo,
    name: 'Strict',
    triggers: [{ event: 'numbers.strict', schema: { type: 'object', required: ['n', 'sign'] }, input }],
  });
  await api.apply({ ...echo, name: 'Alone', triggers: [{ event: 'alone', schema: { type: 'object', required: ['n'] }, input }] });
}, 60_000);
afterAll(() => api.stop(), 60_000);

const eventsStored = async () => {
  const answer = await api.nats.request(`$JS.API.STREAM.INFO.${streams.events}`);
  return answer.json<{ state: { messages: number } }>().state.messages;
};

describe('an event', () => {
  it('starts what listens to it, and is in the stream', async () => {
    const before = await eventsStored();
    const { status, body } = await api.post('/v1/events/numbers.odd', { n: 7 });
    expect(status).toBe(200);
    expect(body).toMatchObject({ rejected: [], executions: [expect.any(String)] });
    expect((await api.get(`/v1/executions/${body.executions[0]}`)).body).toMatchObject({
      workflow: 'small',
      output: { doubled: 14 },
    });
    await eventually(async () => expect(await eventsStored()).toBe(before + 1));
  });

  it('that nobody listens to is accepted all the same', async () => {
    expect(await api.post('/v1/events/nobody.cares', { x: 1 })).toMatchObject({
      status: 200,
      body: { executions: [], rejected: [] },
    });
    expect((await api.post('/v1/events/numbers.odd', { n: 100 })).body.executions).toEqual([]);
    expect((await api.request('POST', '/v1/events/nobody.cares')).status).toBe(200);
  });

  it('starts a workflow once per id, as a whole CloudEvent and with an idempotency key', async () => {
    const event = { specversion: '1.0', id: 'e1', source: '/shop', type: 'numbers.odd', data: { n: 3 } };
    const send = () =>
      api.request('POST', '/v1/events/numbers.odd', {
        body: JSON.stringify(event),
        headers: { 'content-type': 'application/cloudevents+json' },
      });
    const first = await send();
    expect(first.body.executions).toHaveLength(1);
    expect((await send()).body).toEqual(first.body);
    const keyed = () => api.post('/v1/events/numbers.odd', { n: 5 }, { 'idempotency-key': 'same' });
    expect((await keyed()).body).toEqual((await keyed()).body);
  });

  it('that some refuse says who and why', async () => {
    const { status, body } = await api.post('/v1/events/numbers.strict', { n: 1 });
    expect(status).toBe(200);
    expect(body.executions).toHaveLength(1);
    expect(body.rejected).toMatchObject([{ workflow: 'strict' }]);
  });

  it('that all refuse is 422', async () => {
    const { status, body } = await api.post('/v1/events/alone', { m: 1 });
    expect(status).toBe(422);
    expect(body).toMatchObject({ code: 'EVENT_REJECTED', executions: [], rejected: [{ workflow: 'alone' }] });
  });

  it('of a change starts what asks for that change', async () => {
    const conditions = [{ field: 'status', operator: 'changed_to', value: 'paid', previousValue: 'open' }];
    const trigger = { entity: 'order', on: ['updated'], conditions, input: { n: '{{ event.data.after.n }}' } };
    await api.apply({ ...echo, name: 'Paid', triggers: [trigger] });
    const change = (kind: string, before: unknown, after: unknown) =>
      api.post(`/v1/events/entity.order.${kind}`, { before, after });
    const { body } = await change('updated', { status: 'open' }, { status: 'paid', n: 4 });
    expect((await api.get(`/v1/executions/${body.executions[0]}`)).body).toMatchObject({ workflow: 'paid', input: { n: 4 } });
    expect((await change('updated', { status: 'paid' }, { status: 'paid', n: 4 })).body.executions).toEqual([]);
    expect((await change('updated', { status: 'draft' }, { status: 'paid', n: 4 })).body.executions).toEqual([]);
    expect((await change('created', null, { status: 'paid', n: 4 })).body.executions).toEqual([]);
    expect((await change('updated', {}, null)).body).toMatchObject({ executions: [], rejected: [] });
  });

  it('that NATS would not take is refused', async () => {
    const { status, body } = await api.post('/v1/events/numbers.odd', { n: 1, text: 'x'.repeat(9 * 1024 * 1024) });
    expect(status).toBe(413);
    expect(body.code).toBe('TOO_LARGE');
  });

  it.each([
    ['bad type!', '{}', 'application/json'],
    ['a..b', '{}', 'application/json'],
    ['*', '{}', 'application/json'],
    ['a.%3E', '{}', 'application/json'],
    ['good', '{"specversion":"1.0"}', 'application/cloudevents+json'],
    ['good', '{"specversion":"1.0","id":"1","source":"s","type":"other"}', 'application/cloudevents+json'],
  ])('of type %s with the body %s is refused', async (type, body, contentType) => {
    const answer = await api.request('POST', `/v1/events/${type}`, { body, headers: { 'content-type': contentType } });
    expect(answer.status).toBe(422);
  });
});
