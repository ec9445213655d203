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

  it('takes a definition written in TypeScript', async () => {
    const triage = resolve(import.meta.dirname, '../../../examples/workflows/triage.ts');
    expect(await jetsaga('validate', triage)).toMatchObject({ exitCode: 0, output: expect.stringContaining(`✔ ${triage}`) });
    expect((await jetsaga('apply', triage)).output).toContain('triage version 1 applied');
    const yaml = resolve(import.meta.dirname, '../../../examples/triage.yaml');
    expect((await jetsaga('apply', yaml)).output).toContain('triage version 1 unchanged');
    const run = await jetsaga('run', triage, '--input', 'severity=9', '--watch');
    expect(run).toMatchObject({ exitCode: 0, output: expect.stringContaining('"level": "page"') });
    const dag = { nodes: [{ id: 'a', handler: 'aggregate', dependencies: ['b'] }] };
    const broken = await file('broken.mjs', `export default ${JSON.stringify({ name: 'Broken', dag })};`);
    const refused = await jetsaga('apply', broken);
    expect(refused).toMatchObject({
      exitCode: 1,
      errors: expect.stringContaining(`${broken}#/dag/nodes/0/dependencies/0 UNKNOWN_DEPENDENCY`),
    });
    const empty = await file('empty.mjs', 'export const workflow = 1;');
    expect(await jetsaga('validate', empty)).toMatchObject({ exitCode: 1, errors: expect.stringContaining('NO_DEFINITION') });
    const throwing = await file('throwing.mjs', 'throw new Error("not today");');
    expect(await jetsaga('validate', throwing)).toMatchObject({ exitCode: 1, errors: expect.stringContaining('not today') });
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

  it('shows what the clock starts, pauses, resumes, triggers and backfills it', async () => {
    const node = 'dag: { nodes: [{ id: a, handler: aggregate }] }';
    const path = await file('clock.yaml', `name: Clock\ntriggers: [{ schedule: "0 2 * * *" }]\n${node}\n`);
    await jetsaga('apply', path);
    const { items } = JSON.parse((await jetsaga('--json', 'schedules', '--workflow', 'clock')).output);
    const { id } = items[0];
    expect((await jetsaga('schedules')).output).toContain('0 2 * * * UTC');
    expect((await jetsaga('schedules', 'pause', id)).output).toContain(`${id} is paused`);
    expect((await jetsaga('schedules', 'list')).output).toContain('paused');
    expect((await jetsaga('schedules', 'resume', id)).output).toMatch(/next \d{4}-\d\d-\d\d 02:00:00/);
    expect((await jetsaga('schedules', 'trigger', id)).output).toMatch(/started [0-9a-f-]{36}/);
    const times = ['--from', '2026-01-01T00:00:00Z', '--to', '2026-01-03T00:00:00Z'];
    expect((await jetsaga('schedules', 'backfill', id, ...times)).output.match(/02:00:00/g)).toHaveLength(2);
    expect((await jetsaga('schedules', 'backfill', id, ...times)).output.match(/had run before/g)).toHaveLength(2);
    expect(await jetsaga('schedules', 'pause', 'no.00000000')).toMatchObject({ exitCode: 1 });
  });

  it('tells two versions apart', async () => {
    const source = (n: number) => `name: Twice\ndag: { nodes: [{ id: a, handler: aggregate, config: { n: ${n} } }] }\n`;
    await jetsaga('apply', await file('twice.yaml', source(1)));
    await jetsaga('apply', await file('twice.yaml', source(2)));
    const { output } = await jetsaga('diff', 'twice');
    expect(output).toContain('twice: version 1 → 2');
    expect(output).toMatch(/node a\n.*- +config\.n: 1\n.*\+ +config\.n: 2/);
    expect((await jetsaga('diff', 'twice', '--from', '2')).output).toContain('nothing is different');
    expect(await jetsaga('diff', 'twice', '--from', 'one')).toMatchObject({
      exitCode: 1,
      errors: expect.stringContaining('INVALID_VERSION'),
    });
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

  it('pauses, resumes, retries, runs anew from a step, and does so in bulk', async () => {
    const path = await file(
      'saga.yaml',
      `name: Saga
dag:
  nodes:
    - id: first
      handler: call_external_service
      config: { url: "${service.url}/first" }
      compensate: { handler: call_external_service, config: { url: "${service.url}/undo" } }
    - { id: second, handler: call_external_service, dependencies: [{ node: first, on: ok }], config: { url: "${service.url}/second" }, retry: { retries: 0 } }
`,
    );
    service.answer(({ url }) => (url === '/first' || url === '/undo' ? { body: 1 } : { status: 404 }));
    const id = (await jetsaga('run', path)).output.trim();
    const becomes = (status: string) =>
      eventually(async () => expect((await jetsaga('show', id)).output).toContain(`${status} saga`), {
        timeoutMs: 15_000,
        intervalMs: 200,
      });
    await becomes('FAILED');
    expect((await jetsaga('show', id)).output).toContain('COMPENSATED first');
    expect(await jetsaga('retry', id, '--input', `second.url=${service.url}/first`)).toMatchObject({ exitCode: 0 });
    await becomes('COMPLETED');
    const again = await jetsaga('--json', 'rerun', id, '--from', 'second');
    const rerun = JSON.parse(again.output).executionId;
    await eventually(async () => expect((await jetsaga('show', rerun)).output).toContain('FAILED saga'), { timeoutMs: 15_000 });
    expect((await jetsaga('show', rerun)).output).toContain('COMPLETED first');
    expect(await jetsaga('pause', id)).toMatchObject({ exitCode: 1, errors: expect.stringContaining('REFUSED') });
    expect(await jetsaga('compensation', 'waive', id, 'first', '--reason', 'x')).toMatchObject({ exitCode: 1 });
    const bulk = await jetsaga('bulk', 'delete', '--workflow', 'saga', '--status', 'failed,completed');
    expect(bulk).toMatchObject({ exitCode: 0, output: expect.stringContaining('✔ delete: 2 executions') });
    expect((await jetsaga('show', id)).errors).toContain('NOT_FOUND');
    expect(await jetsaga('bulk', 'delete')).toMatchObject({
      exitCode: 1,
      errors: expect.stringContaining('at least one criterion'),
    });
    const waits = await file('waits.yaml', 'name: Waits\ndag: { nodes: [{ id: wait, handler: delay, config: { for: 1h } }] }\n');
    const waiting = (await jetsaga('run', waits)).output.trim();
    expect(await jetsaga('pause', waiting, '--reason', 'to look')).toMatchObject({ exitCode: 0 });
    await eventually(async () => expect((await jetsaga('resume', waiting)).exitCode).toBe(0), { timeoutMs: 15_000 });
    expect(await jetsaga('cancel', waiting, '--no-compensate')).toMatchObject({ exitCode: 0 });
  }, 60_000);

  it('sends a signal to what waits for it, and refuses a payload that is no JSON', async () => {
    const wait = '{ id: wait, handler: wait_for_signal, config: { name: go } }';
    const path = await file('signalled.yaml', `name: Signalled\ndag: { nodes: [${wait}] }\n`);
    const id = (await jetsaga('run', path)).output.trim();
    const wrong = await jetsaga('signal', id, 'go', '--payload', '{by: ann}');
    expect(wrong).toMatchObject({ exitCode: 1, errors: expect.stringContaining('INVALID_INPUT') });
    const sent = await jetsaga('signal', id, 'go', '--payload', '{"by": "ann"}');
    expect(sent).toMatchObject({ exitCode: 0, output: expect.stringContaining('has the signal go') });
    await eventually(async () => expect((await jetsaga('show', id)).output).toContain('COMPLETED signalled'), {
      timeoutMs: 15_000,
      intervalMs: 200,
    });
    const late = await jetsaga('signal', id, 'go');
    expect(late).toMatchObject({ exitCode: 1, errors: expect.stringContaining('WRONG_STATE') });
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

  it('refuses a command line that makes no sense, and tells where help is', async () => {
    expect(await jetsaga('frobnicate')).toMatchObject({ exitCode: 1, errors: expect.stringContaining('--help') });
    expect(await jetsaga('run', 'price', '--input', 'nonsense')).toMatchObject({
      exitCode: 1,
      errors: expect.stringContaining('INVALID_INPUT'),
    });
    expect(await jetsaga('show', 'no-such-id')).toMatchObject({ exitCode: 1, errors: expect.stringContaining('NOT_FOUND') });
  });
});
