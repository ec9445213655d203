import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { promisify } from 'node:util';
import { EmbeddedServerError } from '../embedded-server-error.ts';
import type { Account } from '../process/detached.ts';

const run = promisify(execFile);

/**
 * Postgres refuses to run as root, so root runs it as somebody unprivileged: whoever owns the data already, else the
 * user `postgres`, else `nobody`. It must be a user that the system knows. Undefined for an ordinary user: as ourselves.
 */
export async function postgresAccount(dataFolder: string): Promise<Account | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const owner = await stat(dataFolder).then(
    (found) => ({ uid: found.uid, gid: found.gid }),
    () => undefined,
  );
  if (owner && owner.uid !== 0) return owner;
  const account = (await accountOf('postgres')) ?? (await accountOf('nobody'));
  if (account) return account;
  throw new EmbeddedServerError(
    'POSTGRES_NO_ACCOUNT',
    'Postgres refuses to run as root, and this machine knows neither a user `postgres` nor `nobody`.',
    'Start as an ordinary user, create one of the two, or name a Postgres of your own in DATABASE_URL.',
  );
}

/**
 * Whether the account can read the file, or enter the folder, and every folder above it. Asked of the system itself,
 * since modes do not tell all.
 */
export async function canReach(account: Account, path: string, how: 'read' | 'enter'): Promise<boolean> {
  try {
    await run('/bin/sh', ['-c', how === 'read' ? 'test -r "$1"' : 'test -d "$1" && test -x "$1"', 'sh', path], {
      ...account,
      cwd: '/',
    });
    return true;
  } catch {
    return false;
  }
}

async function accountOf(name: string): Promise<Account | undefined> {
  try {
    const [uid, gid] = await Promise.all([run('id', ['-u', name]), run('id', ['-g', name])]);
    return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  } catch {
    return undefined;
  }
}
