import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

const project = resolve(import.meta.dirname, '..');
const jest = resolve(project, '../../node_modules/jest/bin/jest.js');

/** Runs a spec in a Jest of its own and returns its exit code and what it printed. */
function runSpec(file: string): Promise<{ code: number; output: string }> {
  const command = [
    '--experimental-vm-modules',
    '--no-warnings',
    jest,
    '--config',
    join(project, 'jest.config.js'),
    '--runTestsByPath',
    file,
  ];
  return new Promise((done) => {
    execFile(process.execPath, command, { cwd: project }, (error, stdout, stderr) => {
      done({ code: error ? Number(error.code) : 0, output: stdout + stderr });
    });
  });
}

describe('a spec that leaves something open', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(project, 'src/leak-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const spec = (hook: string) => `
    import { afterAll, it } from '@jest/globals';
    import { startHttpServer, type TestHttpServer } from '../index.ts';
    let server: TestHttpServer;
    afterAll(async () => { ${hook} });
    it('opens', async () => { server = await startHttpServer(); });
  `;

  it('fails and is told what and where', async () => {
    const file = join(folder, 'forgetful.int.spec.ts');
    await writeFile(file, spec(''));
    const { code, output } = await runSpec(file);
    expect(output).toMatch(/did not give back:\s+HTTP server on port \d+, opened .*forgetful\.int\.spec\.ts/);
    expect(code).toBe(1);
  }, 30_000);

  it('passes when its own last hook closes it', async () => {
    const file = join(folder, 'tidy.int.spec.ts');
    await writeFile(file, spec('await server.close();'));
    const { code, output } = await runSpec(file);
    expect(output).toContain('1 passed');
    expect(code).toBe(0);
  }, 30_000);
});
