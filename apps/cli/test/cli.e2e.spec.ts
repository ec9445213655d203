import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { eventually, Platform, startHttpServer, type TestHttpServer } from '@jetsaga/testing';

const main = resolve(import.meta.dirname, '../dist/main.js');

interface CliRun {
  readonly exitCode: number;
  readonly output: string;
  readonly errors: string;
}

function runCli(...words: string[]): Promise<CliRun> {
  return new Promise((done) => {
    execFile(process.execPath, [main, ...words], { env: { PATH: process.env['PATH'] } }, (error, output, errors) => {
      done({ exitCode: typeof error?.code === 'number' ? error.code : 0, output, errors });
    });
  });
}

jest.setTimeout(30_000);

describe('the jetsaga command', () => {
  let platform: Platform;
  let folder: string;
  let service: TestHttpServer;
  const jetsaga = (...words: string[]) => runCli('--server', platform.url, ...words);

  async function file(name: string, text: string): Promise<string> {
    const path = join(folder, name);
    await writeFile(path, text);
    return path;
  }

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'jetsaga-cli-'));
    [platform, service] = await Promise.all([
      Platform.start({ apps: ['coordinator', 'api', 'actions'] }),
      startHttpServer(() => ({ body: { price: 7 } })),
    ]);
    await eventually(
      async () => expect(await (await fetch(`${platform.url}/v1/handlers`)).text()).toContain('call_external_service'),
      {
        timeoutMs: 20_000,
      },
    );
  }, 90_000);

  afterAll(async () => {
    await Promise.all([platform.stop(), service.close()]);
    await rm(folder, { recursive: true, force: true });
  }, 60_000);

  const price = () => `name: Price
triggers: [{ event: prices.asked }]
dag:
  nodes:
    - { id: ask, handler: call_external_service, config: { url: "${service.url}/{{ input.product }}" } }
    - { id: double, handler: aggregate, dependencies: [ask], config: { price: "{{ ask.output.response.price * 2 }}" } }
`;

  it('says what is wrong with a definition, with file, line and column, and fails', async () => {
    const broken = await file(
      'broken.yaml',
      'name: Broken\ndag:\n  nodes:\n    - { id: a, handler: aggregate, dependencies: [b] }\n    - { id: a, handler: nobody }\n',
    );
    const { exitCode, output, errors } = await jetsaga('validate', broken);
    expect(exitCode).toBe(1);
    expect(output).toContain(`✖ ${broken}`);
    expect(output).toMatch(/broken\.yaml:4:\d+ UNKNOWN_DEPENDENCY/);
    expect(output).toMatch(/broken\.yaml:5:\d+ DUPLICATE_ID/);
    expect(output).toMatch(/broken\.yaml:5:\d+ UNKNOWN_HANDLER/);
    expect(errors).toContain('INVALID_DEFINITION: 1 of 1 definitions are not valid');
    const applied = await jetsaga('apply', broken);
    expect(applied.exitCode).toBe(1);
    expect(applied.errors.match(/INVALID_DEFINITION/g)).toHaveLength(1);
  });

  it('validates, applies once, runs and watches, lists and shows', async () => {
    const path = await file('price.yaml', price());
    expect(await jetsaga('validate', path)).toMatchObject({ exitCode: 0, output: expect.stringContaining(`✔ ${path}`) });
    expect((await jetsaga('apply', path)).output).toContain('price version 1 applied');
    expect((await jetsaga('apply', path)).output).toContain('price version 1 unchanged');
    const run = await jetsaga('run', 'price', '--input', 'product=tea', '--label', 'shop=north', '--watch');
    expect(run).toMatchObject({ exitCode: 0, output: expect.stringContaining('"price": 14') });
    expect(run.errors).toContain('step.completed double');
    const list = await jetsaga('--json', 'list', '--workflow', 'price', '--status', 'completed');
    const [execution] = JSON.parse(list.output).items;
    expect(execution).toMatchObject({ workflow: 'price', status: 'COMPLETED', labels: { shop: 'north' }, output: { price: 14 } });
    const shown = await jetsaga('show', execution.id);
    expect(shown.output).toContain('✔ COMPLETED price v1');
    expect(shown.output).toContain('✔ COMPLETED ask');
    expect(service.requests.map((request) => request.url)).toContain('/tea');
  });

  it('fails when the execution that it watches fails', async () => {
    const path = await file(
      'fails.yaml',
      'name: Fails\ndag: { nodes: [{ id: stop, handler: fail, config: { code: NO_LUCK, message: not today } }] }\n',
    );
    const run = await jetsaga('run', path, '--watch');
    expect(run.exitCode).toBe(1);
    expect(run.errors).toContain('NO_LUCK: not today');
  });

  it('publishes an event that starts what listens to it, once per key', async () => {
    const first = await jetsaga('--json', 'event', 'prices.asked', '--data', 'product=milk', '--idempotency-key', 'e1');
    const again = await jetsaga('--json', 'event', 'prices.asked', '--data', 'product=milk', '--idempotency-key', 'e1');
    expect(JSON.parse(first.output).executions).toHaveLength(1);
    expect(JSON.parse(again.output).executions).toEqual(JSON.parse(first.output).executions);
    expect((await jetsaga('event', 'nobody.listens')).output).toContain('nothing listens to it');
  });

  it('cancels what runs, and says what it could not cancel', async () => {
    const path = await file('waits.yaml', 'name: Waits\ndag: { nodes: [{ id: wait, handler: delay, config: { for: 1h } }] }\n');
    const id = (await jetsaga('run', path)).output.trim();
    expect(await jetsaga('cancel', id, '--reason', 'enough')).toMatchObject({ exitCode: 0 });
    await eventually(async () => expect((await jetsaga('show', id)).output).toContain('CANCELLED waits'), {
      timeoutMs: 15_000,
      intervalMs: 200,
    });
    const late = await jetsaga('cancel', id);
    expect(late.exitCode).toBe(1);
    expect(late.errors).toContain('NOT_CANCELLED');
  });

  it('finds the platform well, and says what to do when there is none', async () => {
    expect(await jetsaga('doctor')).toMatchObject({ exitCode: 0, output: expect.stringContaining('✔ postgres') });
    const nobody = await runCli('--server', 'http://127.0.0.1:9', 'doctor');
    expect(nobody).toMatchObject({ exitCode: 1, output: expect.stringContaining('→ npx --yes pnpm@') });
    const away = await runCli('--server', 'http://127.0.0.1:9', 'list');
    expect(away).toMatchObject({ exitCode: 1, errors: expect.stringContaining('UNREACHABLE') });
    const offline = await runCli('--server', 'http://127.0.0.1:9', 'validate', await file('price.yaml', price()));
    expect(offline).toMatchObject({ exitCode: 0, output: expect.stringContaining('no server') });
  });

  it('tells of queues and workers', async () => {
    expect(await jetsaga('queues')).toMatchObject({ exitCode: 0, output: expect.stringMatching(/IN POSTGRES[\s\S]*actions/) });
    expect(await jetsaga('workers')).toMatchObject({
      exitCode: 0,
      output: expect.stringMatching(/WORKER[\s\S]*call_external_service/),
    });
    const { output } = await jetsaga('--json', 'queues');
    expect(JSON.parse(output).items).toContainEqual(expect.objectContaining({ name: 'actions', backlog: 0, workers: 1 }));
  });

  it('refuses a command line that makes no sense, and tells where help is', async () => {
    expect(await jetsaga('frobnicate')).toMatchObject({ exitCode: 1, errors: expect.stringContaining('--help') });
    expect(await jetsaga('run', 'price', '--input', 'nonsense')).toMatchObject({
      exitCode: 1,
      errors: expect.stringContaining('INVALID_INPUT'),
    });
    expect(await jetsaga('show', 'no-such-id')).toMatchObject({ exitCode: 1, errors: expect.stringContaining('NOT_FOUND') });
  });
});
