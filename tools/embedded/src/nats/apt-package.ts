import { execFile } from 'node:child_process';
import { access, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Log } from '../embedded-server.ts';
import {
  distributionArchives,
  parseOneLineSources,
  parseStanzaSources,
  sourcesForSuite,
  type AptArchive,
} from './apt-sources.ts';
import { natsVersionOf } from './nats-version.ts';

const run = promisify(execFile);
const commandWithinMs = 60_000;
/** Then another suite of the same mirror is not to be had either. */
const unreachable = /resolv|could not connect|timed out|unreachable|no end in/i;

/**
 * On Debian and its kin: downloads the package `nats-server` through the mirror that this machine is configured with,
 * from the newest suite that has one which runs here. Nothing is installed and no rights are needed: apt works on lists
 * and a cache of its own in `folder`, with the machine's proxies, credentials and keys.
 */
export async function fetchFromApt(folder: string, log: Log): Promise<string> {
  const hasApt = await run('apt-get', ['--version']).catch(() => undefined);
  if (!hasApt) throw new Error('only apt can be asked without installing anything, and this machine has none');
  const { ID, VERSION_CODENAME } = await osRelease();
  const archives = distributionArchives(await configuredArchives(), VERSION_CODENAME);
  if (archives.length === 0) throw new Error("apt's sources on this machine name no archive of its distribution");
  const components = ID === 'ubuntu' ? 'universe' : 'main';
  const failures: string[] = [];
  for (const suite of suitesNewestFirst(ID, VERSION_CODENAME)) {
    try {
      log(`fetching a NATS server through apt (${suite})`);
      return await fromSuite(join(folder, suite), sourcesForSuite(archives, suite, components));
    } catch (error) {
      failures.push(`${suite}: ${(error as Error).message}`);
      if (unreachable.test((error as Error).message)) break;
    }
  }
  throw new Error(`apt has none that runs here; ${failures.join('; ')}`);
}

async function osRelease(): Promise<Partial<Record<'ID' | 'VERSION_CODENAME', string>>> {
  const text = await readFile('/etc/os-release', 'utf8').catch(() => '');
  return Object.fromEntries([...text.matchAll(/^([A-Z_]+)="?([^"\n]*)"?$/gm)].map(([, name, value]) => [name, value]));
}

async function configuredArchives(): Promise<AptArchive[]> {
  const folder = '/etc/apt/sources.list.d';
  const names = await readdir(folder).catch(() => []);
  const read = (path: string) => readFile(path, 'utf8').catch(() => '');
  const lists = ['/etc/apt/sources.list', ...names.filter((name) => name.endsWith('.list')).map((name) => join(folder, name))];
  const stanzas = names.filter((name) => name.endsWith('.sources')).map((name) => join(folder, name));
  return [
    ...(await Promise.all(lists.map(read))).flatMap(parseOneLineSources),
    ...(await Promise.all(stanzas.map(read))).flatMap(parseStanzaSources),
  ];
}

/** A newer suite's package may need a newer libc than this machine has; then the next suite is tried. */
function suitesNewestFirst(id: string | undefined, codename: string | undefined): string[] {
  const newer = id === 'ubuntu' ? ['devel'] : ['sid', 'testing', 'stable'];
  return [...new Set([...newer, ...(codename ? [codename] : [])])];
}

async function fromSuite(folder: string, sources: string): Promise<string> {
  const configuration = await privateConfiguration(folder, sources);
  const apt = (command: string[]) =>
    run('apt-get', ['-qq', '-c', configuration, ...command], { cwd: folder, timeout: commandWithinMs });
  let complaints = '';
  try {
    // It only warns when it fetches nothing; the download then fails with less to say.
    complaints = (await apt(['update'])).stderr;
    await apt(['download', 'nats-server']);
  } catch (error) {
    throw new Error(complaint(complaints, error), { cause: error });
  }
  const archive = (await readdir(folder)).find((name) => name.endsWith('.deb'));
  if (!archive) throw new Error('nothing was downloaded');
  await run('dpkg-deb', ['-x', archive, 'package'], { cwd: folder });
  const binary = await firstPresent(
    ['usr/sbin/nats-server', 'usr/bin/nats-server'].map((place) => join(folder, 'package', place)),
  );
  await natsVersionOf(binary);
  return binary;
}

/** Everything that apt would write goes below `folder`; what it reads of the machine (proxies, keys, credentials) stays. */
async function privateConfiguration(folder: string, sources: string): Promise<string> {
  await Promise.all(
    ['state/lists/partial', 'cache/archives/partial', 'sources'].map((name) => mkdir(join(folder, name), { recursive: true })),
  );
  await Promise.all([
    writeFile(join(folder, 'state/status'), ''),
    writeFile(join(folder, 'sources/jetsaga.sources'), sources),
    writeFile(
      join(folder, 'apt.conf'),
      `#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
#clear Acquire::IndexTargets::deb::DEP-11;
Dir::State "${folder}/state";
Dir::State::status "${folder}/state/status";
Dir::Cache "${folder}/cache";
Dir::Etc::sourcelist "/dev/null";
Dir::Etc::sourceparts "${folder}/sources";
Dir::Etc::preferences "/dev/null";
Dir::Etc::preferencesparts "/dev/null";
APT::Sandbox::User "";
Acquire::Languages "none";
Acquire::Retries "0";
Acquire::http::Timeout "5";
Acquire::https::Timeout "5";
`,
    ),
  ]);
  return join(folder, 'apt.conf');
}

async function firstPresent(paths: readonly string[]): Promise<string> {
  for (const path of paths) {
    const present = await access(path).then(
      () => true,
      () => false,
    );
    if (present) return path;
  }
  throw new Error('the package holds no nats-server');
}

function complaint(earlier: string, error: unknown): string {
  const { stderr = '', killed } = error as { stderr?: string; killed?: boolean };
  if (killed) return `no end in ${commandWithinMs / 1_000} s`;
  const lines = `${earlier}\n${stderr}`.split('\n');
  return lines.find((line) => /^[EW]: /.test(line)) ?? (stderr.trim() || String(error));
}
