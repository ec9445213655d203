import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { echo } from './definitions-of-specs.ts';
import { TestApi } from './test-api.ts';

let api: TestApi;
const apiKey = 'key-of-this-spec';
const known: Record<string, string> = { SHOP: 'shop-secret', PAY: 'pay-secret' };

beforeAll(async () => {
  const secrets = { get: (name: string) => Promise.resolve(known[name]) };
  api = await TestApi.start({ kind: 'required', apiKey }, { secrets });
  const input = { n: '{{ event.data.n }}' };
  const schema = { type: 'object', required: ['n'], properties: { n: { type: 'number' } } };
  const verify = { type: 'hmac', secret: '{{ secrets.SHOP }}', header: 'X-Shop' };
  await apply('Open', { webhook: 'open', verify: 'none', input });
  await apply('Keyed', { webhook: 'keyed', input });
  await apply('Shop', { webhook: 'shop', verify, filter: 'event.data.n < 100', schema, input, idempotencyHeader: 'X-Delivery' });
  await apply('Pay', { webhook: 'pay', verify: { type: 'stripe', secret: '{{ secrets.PAY }}' }, input });
  await apply('Lost', { webhook: 'lost', verify: { ...verify, secret: '{{ secrets.NOBODY_SET }}' }, input });
  await apply('Topic', { webhook: 'topic', verify: 'none', filter: 'event.headers["x-topic"] == "orders"', input });
}, 60_000);
afterAll(() => api.stop(), 60_000);

const bearer = { authorization: `Bearer ${apiKey}` };

async function apply(name: string, trigger: object): Promise<void> {
  const answer = await api.post('/v1/definitions', { ...echo, name, triggers: [trigger] }, bearer);
  if (answer.status !== 201) throw new Error(JSON.stringify(answer.body));
}

const execution = async (id: string) => (await api.get(`/v1/executions/${id}`, bearer)).body;
const call = (slug: string, body: string, headers: Record<string, string> = {}) =>
  api.request('POST', `/v1/hooks/${slug}`, { body, headers: { 'content-type': 'application/json', ...headers } });
const signed = (body: string) => ({ 'x-shop': createHmac('sha256', known.SHOP!).update(body).digest('hex') });

describe('a webhook', () => {
  it('starts what listens to it, without a key where it asks for none', async () => {
    const { status, body } = await call('open', '{"n": 7}');
    expect(status).toBe(202);
    expect(body).toEqual({ id: expect.any(String), executions: [expect.any(String)], rejected: [] });
    expect(await execution(body.executions[0])).toMatchObject({
      workflow: 'open',
      output: { doubled: 14 },
      startedBy: 'webhook:open',
    });
  });

  it('asks for an API key where it does not say how it is verified', async () => {
    expect(await call('keyed', '{"n": 7}')).toMatchObject({ status: 401, body: { code: 'WEBHOOK_UNVERIFIED' } });
    const { status, body } = await call('keyed', '{"n": 7}', bearer);
    expect(status).toBe(202);
    expect(await execution(body.executions[0])).toMatchObject({ startedBy: 'api-key:bootstrap' });
  });

  it('takes what is signed over the very bytes, and nothing else', async () => {
    const text = '{ "n":  7 }';
    expect((await call('shop', text, signed(text))).status).toBe(202);
    for (const headers of [{}, { 'x-shop': 'abc' }, signed('{"n":7}'), bearer]) {
      expect(await call('shop', text, headers as Record<string, string>)).toMatchObject({ status: 401 });
    }
    expect((await call('shop', '{ broken', signed('{ broken'))).body.code).toBe('INVALID_JSON');
    expect((await call('shop', '{ broken')).status).toBe(401);
  });

  it('takes no request that is older than its window', async () => {
    const text = '{"n": 1}';
    const at = (seconds: number) => ({
      'stripe-signature': `t=${seconds},v1=${createHmac('sha256', known.PAY!).update(`${seconds}.${text}`).digest('hex')}`,
    });
    const now = Math.floor(Date.now() / 1_000);
    expect((await call('pay', text, at(now))).status).toBe(202);
    expect((await call('pay', text, at(now - 301))).status).toBe(401);
  });

  it('answers 204 where no filter lets it through, also by its headers', async () => {
    expect(await call('shop', '{"n": 100}', signed('{"n": 100}'))).toMatchObject({ status: 204, body: '' });
    expect((await call('topic', '{"n": 1}', { 'x-topic': 'refunds' })).status).toBe(204);
    expect((await call('topic', '{"n": 1}', { 'X-Topic': 'orders' })).status).toBe(202);
  });

  it('answers 409 to what came before, with the execution', async () => {
    const text = '{"n": 3}';
    const headers = { ...signed(text), 'x-delivery': 'd-1' };
    const first = await call('shop', text, headers);
    expect(first.status).toBe(202);
    const again = await call('shop', text, headers);
    expect(again).toMatchObject({ status: 409, body: { code: 'WEBHOOK_DUPLICATE', executions: first.body.executions } });
    expect((await call('shop', text, { ...headers, 'x-delivery': 'd-2' })).status).toBe(202);
    expect((await call('shop', text, signed(text))).status).toBe(202);
    const both = await Promise.all(['d-3', 'd-3', 'd-3'].map((id) => call('shop', text, { ...headers, 'x-delivery': id })));
    expect(both.map(({ status }) => status).sort()).toEqual([202, 409, 409]);
  });

  it('answers 422 to what fits nobody, and says why', async () => {
    const text = '{"n": "seven"}';
    const shop = { ...echo, name: 'Shop', triggers: [{ webhook: 'strict', verify: 'none', schema: { required: ['n'] } }] };
    await api.post('/v1/definitions', { ...shop, name: 'Strict' }, bearer);
    const { status, body } = await call('strict', '{}');
    expect(status).toBe(422);
    expect(body).toMatchObject({ code: 'EVENT_REJECTED', executions: [], rejected: [{ workflow: 'strict' }] });
    expect((await call('shop', text, signed(text))).status).toBe(422);
    expect((await call('open', '{"$ref": "blob:nothing", "size": 1, "mediaType": "application/json"}')).status).toBe(422);
  });

  it('starts all that listen, each on its own terms', async () => {
    await apply('Twin a', { webhook: 'twin', verify: 'none', input: { n: 1 } });
    await apply('Twin b', {
      webhook: 'twin',
      verify: { type: 'hmac', secret: '{{ secrets.SHOP }}', header: 'x-shop' },
      input: { n: 2 },
    });
    expect((await call('twin', '{}')).body.executions).toHaveLength(1);
    expect((await call('twin', '{}', signed('{}'))).body.executions).toHaveLength(2);
  });

  it('keeps credentials out of what expressions see', async () => {
    await apply('Headers', { webhook: 'headers', verify: 'none', input: { seen: '{{ event.headers }}' } });
    const { body } = await call('headers', '', { ...bearer, cookie: 'a=b', 'x-mine': 'yes' });
    const { input } = await execution(body.executions[0]);
    expect(input.seen).toMatchObject({ 'x-mine': 'yes' });
    expect(JSON.stringify(input)).not.toContain(apiKey);
    expect(input.seen.cookie).toBeUndefined();
  });

  it('reads forms, and nothing else that is not JSON', async () => {
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    await apply('Form', { webhook: 'form', verify: 'none', input: { n: '{{ size(event.data.text) }}' } });
    const { body } = await call('form', 'text=a+b%21&x=1', form);
    expect((await execution(body.executions[0])).input).toEqual({ n: 4 });
    expect((await call('open', 'n: 7', { 'content-type': 'text/yaml' })).status).toBe(415);
  });

  it('is not there once its definition is disabled', async () => {
    await apply('Gone', { webhook: 'gone', verify: 'none' });
    expect((await call('gone', '{}')).status).toBe(202);
    await api.post('/v1/definitions/gone/disable', undefined, bearer);
    expect((await call('gone', '{}')).status).toBe(404);
    expect((await call('never-was', '{}')).status).toBe(404);
  });

  it('whose secret is not set says no more than that', async () => {
    const answer = await call('lost', '{}');
    expect(answer).toMatchObject({ status: 503, body: { code: 'WEBHOOK_SECRET_MISSING' } });
    expect(JSON.stringify(answer.body)).not.toContain('NOBODY_SET');
  });

  it('leaves the other routes closed', async () => {
    expect((await api.get('/v1/executions')).status).toBe(401);
    expect((await api.post('/v1/hooks/../definitions', {})).status).toBe(401);
  });
});
