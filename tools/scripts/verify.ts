import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { allProjects, buildProjects } from './build-projects.ts';
import { shown, stage, tool } from './verify-stage.ts';

// `pnpm verify`, `pnpm test`: everything that CI checks. The last line of output is the sum over all tests.

interface Count {
  passed: number;
  failed: number;
  skipped: number;
}

interface JestSummary {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  /** Files that failed outside any test: they do not load, or left something open. */
  readonly numRuntimeErrorTestSuites: number;
}

const started = performance.now();
const projects = await allProjects();

const checks = [
  await stage('build', async () => {
    const { compiled, files } = await buildProjects(projects);
    return `${compiled} of ${files} files in ${projects.length} projects`;
  }),
  // The import rules read the project graph from its cache, and are silent without it.
  await stage('graph', async () => {
    const found = (await tool('nx', 'show', 'projects')).trim().split('\n').length;
    if (found < projects.length) throw new Error(`Nx knows ${found} of ${projects.length} projects`);
    return `${found} projects`;
  }),
  ...(await Promise.all([
    stage('format', () => tool('prettier', '--check', '--log-level', 'warn', '.').then(() => '')),
    stage('lint', lint),
    stage('types', () => tool('tsc', '-p', 'tsconfig.json').then(() => '')),
    stage('servers', fetchServers),
  ])),
];

const count: Count = { passed: 0, failed: 0, skipped: 0 };
const tests = [
  await stage('tests', () => jest('\\.(unit|int)\\.spec\\.ts$', Math.max(2, Math.floor(cpus().length / 2)))),
  // Each of these starts the whole platform: one at a time.
  await stage('e2e', () => jest('\\.e2e\\.spec\\.ts$', 1)),
];

console.log(`\n${((performance.now() - started) / 1_000).toFixed(0)} s in all`);
process.exitCode = [...checks, ...tests].every(Boolean) ? 0 : 1;
if (!checks.every(Boolean)) console.log('not only tests count: a stage above failed');
console.log(`${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`);

async function lint(): Promise<string> {
  const output = await tool('eslint', '.', '--max-warnings', '0');
  if (output.includes('ProjectGraph')) throw new Error(`the import rules were not checked:\n${output}`);
  return '';
}

/** Before the tests, so that none of them waits for a download. */
async function fetchServers(): Promise<string> {
  const { findNatsServer } = (await import(new URL('../embedded/dist/index.js', import.meta.url).href)) as {
    findNatsServer: (log: (line: string) => void) => Promise<{ path: string; version: string }>;
  };
  const { version, path } = await findNatsServer((line) => console.log(`  ${line}`));
  return `NATS ${version} at ${path}`;
}

async function jest(pattern: string, workers: number): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'jetsaga-verify-'));
  const report = join(folder, 'jest.json');
  try {
    const code = await shown(
      process.execPath,
      ...['--experimental-vm-modules', '--no-warnings', 'node_modules/jest/bin/jest.js', '--config', 'jest.config.js'],
      ...['--json', '--outputFile', report, `--maxWorkers=${workers}`, '--testTimeout=20000', '--passWithNoTests'],
      ...['--testPathPatterns', pattern],
    );
    const summary = JSON.parse(await readFile(report, 'utf8').catch(() => '{}')) as Partial<JestSummary>;
    const {
      numPassedTests = 0,
      numFailedTests = 0,
      numPendingTests = 0,
      numTodoTests = 0,
      numRuntimeErrorTestSuites = 0,
    } = summary;
    count.passed += numPassedTests;
    count.failed += numFailedTests + numRuntimeErrorTestSuites;
    count.skipped += numPendingTests + numTodoTests;
    const figures = `${numPassedTests} passed, ${numFailedTests} failed, ${numRuntimeErrorTestSuites} files failed as a whole`;
    if (code !== 0) throw new Error(figures);
    return figures;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
