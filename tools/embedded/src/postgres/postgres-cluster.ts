import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chown, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Log } from '../embedded-server.ts';
import { EmbeddedServerError } from '../embedded-server-error.ts';
import { readPrivateJson, writePrivateFile } from '../private-file.ts';
import type { Account } from '../process/detached.ts';
import { clusterFolder, exists, socketFolder } from './cluster-folder.ts';
import { postgresAccount } from './postgres-account.ts';
import { postgresBinaries, type PostgresBinaries } from './postgres-binaries.ts';
import { endPostmaster, findPostmaster } from './postmaster.ts';

const run = promisify(execFile);
const major = '18';

/** What `<home>/postgres.json` remembers, mode 0600. */
export interface PostgresState {
  readonly user: string;
  readonly password: string;
  readonly port?: number;
  readonly socketFolder?: string;
}

/** A data directory that is ready to be served, and by whom. */
export interface PostgresCluster {
  readonly account: Account | undefined;
  readonly binaries: PostgresBinaries;
  readonly dataFolder: string;
  readonly socketFolder: string;
  readonly logFile: string;
  readonly state: PostgresState;
  rememberPort(port: number): Promise<void>;
}

/** Finds the data of a home, or makes it. Starts nothing. */
export async function prepareCluster(home: string, log: Log): Promise<PostgresCluster> {
  const account = await postgresAccount(join(home, 'postgres'));
  const folder = await clusterFolder(home, account);
  const dataFolder = join(folder.path, 'data');
  const stateFile = join(home, 'postgres.json');
  const before = await readPrivateJson<PostgresState>(stateFile);
  if (!before && (await exists(dataFolder))) await forgetData(dataFolder, stateFile, folder.outside);
  const state = {
    user: before?.user ?? 'jetsaga',
    password: before?.password ?? randomBytes(24).toString('base64url'),
    port: before?.port,
    socketFolder: await socketFolder(folder.path, account, before?.socketFolder),
  };
  await writePrivateFile(stateFile, JSON.stringify(state));
  const binaries = await postgresBinaries(account);
  if (await exists(join(dataFolder, 'PG_VERSION'))) await checkVersion(dataFolder);
  else await createData(folder.path, state, { account, binaries, log });
  return {
    account,
    binaries,
    dataFolder,
    socketFolder: state.socketFolder,
    logFile: join(home, 'logs/postgres.log'),
    state,
    rememberPort: (port) => writePrivateFile(stateFile, JSON.stringify({ ...state, port })),
  };
}

/** Data without its credentials: outside the home it is what a deleted home left behind; inside, only the user can know. */
async function forgetData(dataFolder: string, stateFile: string, outside: boolean): Promise<void> {
  if (!outside) {
    throw new EmbeddedServerError(
      'POSTGRES_CREDENTIALS_LOST',
      `${dataFolder} holds a database, but ${stateFile} with its password is gone.`,
      `Restore that file, or move ${dataFolder} away to begin with an empty database.`,
    );
  }
  const postmaster = await findPostmaster(dataFolder);
  if (postmaster) await endPostmaster(postmaster.pid);
  await rm(dataFolder, { recursive: true });
}

async function checkVersion(dataFolder: string): Promise<void> {
  const version = (await readFile(join(dataFolder, 'PG_VERSION'), 'utf8')).trim();
  if (version === major) return;
  throw new EmbeddedServerError(
    'POSTGRES_OTHER_VERSION',
    `the data in ${dataFolder} was written by Postgres ${version}; this is Postgres ${major}.`,
    'Take it over with pg_dump and pg_restore, or choose another JETSAGA_HOME to begin with an empty database.',
  );
}

interface Creation {
  readonly account: Account | undefined;
  readonly binaries: PostgresBinaries;
  readonly log: Log;
}

/** Made beside its place and moved there when whole, so that a start that was killed leaves nothing half made. */
async function createData(folder: string, state: PostgresState, { account, binaries, log }: Creation): Promise<void> {
  log('creating the database');
  const unfinished = join(folder, 'unfinished');
  const passwordFile = join(folder, 'password');
  await rm(unfinished, { recursive: true, force: true });
  await writeFile(passwordFile, state.password, { mode: 0o600 });
  if (account) await chown(passwordFile, account.uid, account.gid);
  const locale = ['--encoding=UTF8', '--no-locale', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  const access = [`--username=${state.user}`, `--pwfile=${passwordFile}`, '--auth=scram-sha-256'];
  try {
    await run(binaries.initdb, [`--pgdata=${unfinished}`, ...access, ...locale], { ...account, cwd: '/' });
  } catch (cause) {
    throw new EmbeddedServerError(
      'POSTGRES_INIT_FAILED',
      `a database could not be created in ${folder}:\n${(cause as { stderr?: string }).stderr ?? String(cause)}`,
      'Mend what it names (often: no space left, or a library that is missing), or name a Postgres of your own in DATABASE_URL.',
      { cause },
    );
  } finally {
    await rm(passwordFile, { force: true });
  }
  await rename(unfinished, join(folder, 'data'));
}
