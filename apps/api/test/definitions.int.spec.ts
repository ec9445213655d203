import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { echo, waiting, workHandler } from './definitions-of-specs.ts';
import { TestApi } from './test-api.ts';

let api: TestApi;

beforeAll(async () => {
  api = await TestApi.start();
}, 60_000);
afterAll(() => api.stop(), 60_000);

const yaml = `
name: Crème brûlée   # the key has no accents
dag:
  nodes:
    - id: in
      handler: input
    - { id: out, handler: output, dependencies: [in] }
`;

const send = (source: string, type?: string, query = '') =>
  api.request('POST', `/v1/definitions${query}`, { body: source, headers: type === undefined ? {} : { 'content-type': type } });

describe('applying', () => {
  it('makes the first version, changes nothing when it comes again, and then makes the next', async () => {
    expect(await api.post('/v1/definitions', echo)).toMatchObject({
      status: 201,
      body: { key: 'echo', version: 1, warnings: [] },
    });
    expect(await api.post('/v1/definitions', echo)).toMatchObject({ status: 200, body: { key: 'echo', version: 1 } });
    const changed = { ...echo, description: 'now with words' };
    expect(await api.post('/v1/definitions', changed)).toMatchObject({ status: 201, body: { key: 'echo', version: 2 } });
  });

  it.each(['application/yaml', 'text/yaml', 'application/x-yaml', 'text/plain', 'application/x-www-form-urlencoded', undefined])(
    'takes YAML as %s',
    async (type) => {
      const { status, body } = await send(yaml, type);
      expect([200, 201]).toContain(status);
      expect(body).toMatchObject({ key: 'creme-brulee', version: 1 });
    },
  );

  it('takes JSON without a media type', async () => {
    expect((await send(JSON.stringify(echo), 'text/plain', '?dryRun=true')).status).toBe(200);
  });

  it('only checks with dryRun', async () => {
    const other = { ...echo, name: 'Never applied' };
    expect(await api.post('/v1/definitions?dryRun=true', other)).toMatchObject({
      status: 200,
      body: { key: 'never-applied', version: null },
    });
    expect((await api.get('/v1/definitions/never-applied')).status).toBe(404);
  });

  it('names every problem with its place', async () => {
    const { status, body } = await send(
      'name: x\ndag:\n  nodes:\n    - { id: a, handler: nope }\n    - { id: a, handler: input, dependencies: [b] }\n',
    );
    expect(status).toBe(422);
    expect(body).toMatchObject({ status: 422, code: 'INVALID_DEFINITION' });
    const codes = body.errors.map((error: { code: string }) => error.code);
    expect(codes).toEqual(expect.arrayContaining(['UNKNOWN_HANDLER', 'DUPLICATE_ID', 'UNKNOWN_DEPENDENCY']));
    expect(body.errors.find((error: { code: string }) => error.code === 'UNKNOWN_HANDLER')).toMatchObject({
      line: 4,
      pointer: '/dag/nodes/0/handler',
    });
  });

  it.each(['{"name": ', 'a: [1', '', '   ', '"text"', '[]', 'null', '42'])('refuses %j with 422', async (source) => {
    expect(await send(source)).toMatchObject({ status: 422, body: { code: 'INVALID_DEFINITION' } });
  });

  it('refuses a key that belongs to a definition with another name, and asks for one', async () => {
    await api.apply({ ...echo, name: 'My Flow' });
    const { status, body } = await api.post('/v1/definitions', { ...echo, name: 'my-flow' });
    expect(status).toBe(422);
    expect(body.errors[0]).toMatchObject({ code: 'INVALID_KEY', hint: expect.stringContaining('key') });
    expect((await api.post('/v1/definitions', { ...echo, name: 'my-flow', key: 'my-other-flow' })).status).toBe(201);
  });

  it('gives each of many that apply at the same time a version of its own', async () => {
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, n) => api.post('/v1/definitions', { ...echo, name: 'Crowded', description: `number ${n}` })),
    );
    expect(answers.map((answer) => answer.body.version).sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });

  it('knows handlers by what workers announced', async () => {
    expect((await api.post('/v1/definitions', waiting)).body.errors[0].code).toBe('UNKNOWN_HANDLER');
    const unknown = await api.post('/v1/definitions?allowUnknown=true', { ...waiting, defaults: { queue: 'demo' } });
    expect(unknown).toMatchObject({ status: 201, body: { version: 1 } });
    expect(unknown.body.warnings.map((warning: { code: string }) => warning.code)).toContain('UNKNOWN_HANDLER');
    await api.announce(workHandler, { alive: false });
    const away = await api.post('/v1/definitions', waiting);
    expect(away.body.warnings.map((warning: { code: string }) => warning.code)).toContain('NO_WORKER');
    await api.announce(workHandler);
    const there = await api.post('/v1/definitions', waiting);
    expect(there.body.warnings.map((warning: { code: string }) => warning.code)).not.toContain('NO_WORKER');
  });
});

describe('definitions', () => {
  it('are listed page by page, and shown with their source', async () => {
    await api.apply(echo);
    const keys: string[] = [];
    for (let cursor = ''; ;) {
      const { body } = await api.get(`/v1/definitions?limit=2${cursor}`);
      keys.push(...body.items.map((item: { key: string }) => item.key));
      if (body.next === null) break;
      cursor = `&cursor=${body.next}`;
    }
    expect(keys).toEqual([...new Set(keys)].sort());
    expect(keys).toContain('echo');
    const { body } = await api.get('/v1/definitions/creme-brulee');
    expect(body).toMatchObject({
      name: 'Crème brûlée',
      source: yaml,
      format: 'yaml',
      definition: { name: 'Crème brûlée' },
    });
  });

  it('keep their versions, of which any can be made current again', async () => {
    await api.apply({ ...echo, name: 'Rolled' });
    await api.apply({ ...echo, name: 'Rolled', description: 'second' });
    expect((await api.get('/v1/definitions/rolled/versions')).body.items).toMatchObject([
      { version: 2, current: true },
      { version: 1, current: false },
    ]);
    expect((await api.get('/v1/definitions/rolled/versions/1')).body.definition.description).toBeUndefined();
    expect(await api.post('/v1/definitions/rolled/versions/1/activate')).toMatchObject({
      status: 200,
      body: { version: 1, currentVersion: 1 },
    });
    const { body } = await api.post('/v1/definitions/rolled/executions?wait=5s');
    expect((await api.get(`/v1/executions/${body.executionId}`)).body.version).toBe(1);
    expect((await api.post('/v1/definitions/rolled/versions/3/activate')).status).toBe(404);
    expect((await api.get('/v1/definitions/rolled/versions/x')).status).toBe(404);
    expect((await api.post('/v1/definitions', { ...echo, name: 'Rolled', description: 'second' })).body.version).toBe(3);
  });

  it('start nothing while they are disabled', async () => {
    await api.apply({ ...echo, name: 'Paused' });
    expect((await api.post('/v1/definitions/paused/disable')).body.disabled).toBe(true);
    expect(await api.post('/v1/definitions/paused/executions')).toMatchObject({
      status: 409,
      body: { code: 'DEFINITION_DISABLED' },
    });
    expect((await api.post('/v1/definitions/paused/enable')).body.disabled).toBe(false);
    expect((await api.post('/v1/definitions/paused/executions')).status).toBe(201);
    expect((await api.post('/v1/definitions/nothing/disable')).status).toBe(404);
  });

  it('are compared, version by version', async () => {
    const named = { ...echo, name: 'Compared' };
    await api.apply(named);
    const [start, out] = named.dag.nodes;
    await api.apply({
      ...named,
      timeout: '5m',
      dag: { nodes: [{ ...out, config: { doubled: 1 } }, start, { id: 'more', handler: 'aggregate' }] },
    });
    const { status, body } = await api.get('/v1/definitions/compared/diff');
    expect(status).toBe(200);
    expect(body).toEqual({
      from: 1,
      to: 2,
      fields: [{ field: 'timeout', after: '5m' }],
      nodes: {
        added: [{ path: 'more', node: { handler: 'aggregate' } }],
        removed: [],
        changed: [
          {
            path: 'out',
            fields: [
              { field: 'config.doubled', before: '{{ input.n * 2 }}', after: 1 },
              { field: 'config.by', before: '{{ execution.id }}' },
            ],
          },
        ],
      },
    });
    expect((await api.get('/v1/definitions/compared/diff?from=2&to=1')).body.nodes.removed).toMatchObject([{ path: 'more' }]);
    expect((await api.get('/v1/definitions/compared/diff?from=2&to=2')).body.nodes.changed).toEqual([]);
    expect((await api.get('/v1/definitions/compared/diff?from=9')).status).toBe(404);
    expect((await api.get('/v1/definitions/compared/diff?from=x')).status).toBe(422);
    expect((await api.get('/v1/definitions/nobody/diff')).status).toBe(404);
  });
});
