import { constants } from 'node:fs';
import { access, copyFile, chmod, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { Log } from '../embedded-server.ts';
import { EmbeddedServerError } from '../embedded-server-error.ts';
import { withLock } from '../process/file-lock.ts';
import { fetchFromApt } from './apt-package.ts';
import { compareVersions, natsVersionOf } from './nats-version.ts';
import { fetchRelease } from './release.ts';

export interface NatsBinary {
  readonly path: string;
  readonly version: string;
}

/** Puts a nats-server somewhere below `folder` and returns its path; says on the way what it does. */
export type NatsSource = (folder: string, log: Log) => Promise<string>;

const sources: readonly { readonly name: string; readonly fetch: NatsSource }[] = [
  { name: 'the official release', fetch: fetchRelease },
  { name: "this system's package manager", fetch: fetchFromApt },
];

/**
 * A nats-server binary: `NATS_SERVER_BIN`, else on PATH, else from our cache, else the official release, else from the
 * system's package manager. What is fetched stays in the cache. The error tells everything that was tried.
 */
export async function findNatsServer(log: Log): Promise<NatsBinary> {
  const named = process.env.NATS_SERVER_BIN;
  if (named) return namedBinary(named);
  const tried: string[] = [];
  const found = (await onPath(tried)) ?? (await inCache(tried));
  if (found) return found;
  const cache = cacheFolder();
  return withLock(join(cache, 'nats-server.lock'), async () => (await inCache([])) ?? (await fetched(cache, tried, log)), {
    waitMs: 300_000,
    onWait: (pid) => log(`waiting for process ${pid}, which is fetching a NATS server`),
  });
}

/** Where fetched servers are kept: `JETSAGA_CACHE`, else the user's cache folder. Outside node_modules, so that an install does not lose it. */
export function cacheFolder(): string {
  const { JETSAGA_CACHE, XDG_CACHE_HOME } = process.env;
  return JETSAGA_CACHE || join(XDG_CACHE_HOME || join(homedir(), '.cache'), 'jetsaga');
}

async function namedBinary(path: string): Promise<NatsBinary> {
  try {
    return { path, version: await natsVersionOf(path) };
  } catch (cause) {
    throw new EmbeddedServerError(
      'NATS_SERVER_BIN_INVALID',
      `NATS_SERVER_BIN names ${path}, which cannot be used: ${(cause as Error).message}`,
      'Name a nats-server that runs on this machine, or unset NATS_SERVER_BIN to have one found.',
      { cause },
    );
  }
}

async function onPath(tried: string[]): Promise<NatsBinary | undefined> {
  for (const folder of (process.env.PATH ?? '').split(delimiter).filter(Boolean)) {
    const path = join(folder, 'nats-server');
    try {
      await access(path, constants.X_OK);
    } catch {
      continue;
    }
    try {
      return { path, version: await natsVersionOf(path) };
    } catch (error) {
      tried.push(`${path}, found on PATH: ${(error as Error).message}`);
    }
  }
  if (tried.length === 0) tried.push('PATH: there is no nats-server on it');
  return undefined;
}

async function inCache(tried: string[]): Promise<NatsBinary | undefined> {
  const folder = join(cacheFolder(), 'nats-server');
  const versions = (await readdir(folder).catch(() => [])).filter((name) => /^\d+\.\d+\.\d+$/.test(name));
  for (const version of versions.sort(compareVersions).reverse()) {
    const path = join(folder, version, 'nats-server');
    try {
      return { path, version: await natsVersionOf(path) };
    } catch (error) {
      tried.push(`${path}, in the cache: ${(error as Error).message}`);
    }
  }
  if (versions.length === 0) tried.push(`the cache: ${folder} is empty`);
  return undefined;
}

async function fetched(cache: string, tried: string[], log: Log): Promise<NatsBinary> {
  for (const source of sources) {
    const folder = await mkdtemp(join(tmpdir(), 'jetsaga-nats-'));
    try {
      const binary = await source.fetch(folder, log);
      return await keep(binary, cache);
    } catch (error) {
      tried.push(`${source.name}: ${(error as Error).message}`);
      log(`no NATS server from ${source.name}`);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
  throw new EmbeddedServerError(
    'NATS_SERVER_NOT_FOUND',
    `no NATS server was found or could be fetched. Tried, in this order:\n${tried.map((line) => `  - ${line}`).join('\n')}`,
    [
      'Any one of these helps:',
      '  - install it (`brew install nats-server`, `apt-get install nats-server`, `apk add nats-server`, `go install github.com/nats-io/nats-server/v2@latest`) and have it on PATH;',
      '  - put the binary anywhere and name it in NATS_SERVER_BIN;',
      '  - name a mirror of the release files in NATS_RELEASE_MIRRORS;',
      '  - name a NATS server with JetStream that runs already in NATS_URL.',
    ].join('\n'),
  );
}

/** Into the cache under its version; the move is atomic, so a cached binary is a whole one. */
async function keep(binary: string, cache: string): Promise<NatsBinary> {
  await chmod(binary, 0o755);
  const version = await natsVersionOf(binary);
  const folder = join(cache, 'nats-server', version);
  const path = join(folder, 'nats-server');
  const unfinished = `${path}.${process.pid}`;
  await mkdir(folder, { recursive: true });
  await copyFile(binary, unfinished);
  await rename(unfinished, path);
  return { path, version };
}
