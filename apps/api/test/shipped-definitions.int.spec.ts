import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@jetsaga/testing';
import { workHandler } from './definitions-of-specs.ts';
import { TestApi } from './test-api.ts';

let api: TestApi;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jetsaga-shipped-'));
  const shipped = await Promise.all(
    ['Good', 'Wrong'].map(async (name) => {
      const file = join(folder, `${name}.yaml`);
      const nodes = name === 'Good' ? '[{ id: work, handler: spec_work }]' : '[]';
      await writeFile(file, `name: ${name}\ndag: { nodes: ${nodes} }\n`);
      return { key: name.toLowerCase(), file };
    }),
  );
  api = await TestApi.start({ kind: 'off' }, { shipped });
}, 60_000);
afterAll(async () => {
  await api.stop();
  await rm(folder, { recursive: true });
}, 60_000);

describe('a definition that comes with the platform', () => {
  it('is applied as soon as its handlers are known', async () => {
    expect((await api.get('/v1/definitions/good')).status).toBe(404);
    expect((await api.get('/health/ready')).status).toBe(200);
    await api.announce(workHandler);
    await eventually(async () =>
      expect((await api.get('/v1/definitions/good')).body).toMatchObject({ version: 1, createdBy: 'jetsaga' }),
    );
  });

  it('that is wrong keeps nobody waiting', async () => {
    expect((await api.get('/v1/definitions/wrong')).status).toBe(404);
    expect((await api.get('/health/ready')).status).toBe(200);
  });
});
