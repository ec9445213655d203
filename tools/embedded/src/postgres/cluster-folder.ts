import { createHash } from 'node:crypto';
import { chmod, chown, lstat, mkdir, mkdtemp, readlink, stat, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Account } from '../process/detached.ts';
import { canReach } from './postgres-account.ts';
import { systemFolder } from './system-folder.ts';

/** A Unix socket's address holds 104 bytes on macOS and 108 on Linux, with the file's name. */
const longestSocketPath = 100;

export interface ClusterFolder {
  readonly path: string;
  /** It lies outside the home, which only links to it. */
  readonly outside: boolean;
}

/** `<home>/postgres`; or, where the account cannot enter the home, a folder that it can enter, with a link from there. */
export async function clusterFolder(home: string, account: Account | undefined): Promise<ClusterFolder> {
  const link = join(home, 'postgres');
  let folder: ClusterFolder = { path: link, outside: false };
  const linked = await linkTarget(link);
  if (linked) {
    folder = { path: linked, outside: true };
  } else if (account && !(await letEnter(home, account))) {
    const name = `data-${createHash('sha256').update(home).digest('hex').slice(0, 12)}`;
    folder = { path: join(await systemFolder(), name), outside: true };
    await symlink(folder.path, link);
  }
  await mkdir(folder.path, { recursive: true, mode: 0o700 });
  if (account) await chown(folder.path, account.uid, account.gid);
  return folder;
}

/** Where the Unix socket lies: beside the data, or, when that path is too long for an address, in the system's temporary folder. */
export async function socketFolder(cluster: string, account: Account | undefined, before: string | undefined): Promise<string> {
  const beside = join(cluster, 'run');
  if (Buffer.byteLength(join(beside, '.s.PGSQL.65535.lock')) <= longestSocketPath) {
    await mkdir(beside, { recursive: true, mode: 0o700 });
    if (account) await chown(beside, account.uid, account.gid);
    return beside;
  }
  const uid = account?.uid ?? process.getuid?.();
  if (before && (await lstat(before).catch(() => undefined))?.uid === uid) return before;
  const fresh = await mkdtemp(join(tmpdir(), 'jetsaga-'));
  if (account) await chown(fresh, account.uid, account.gid);
  return fresh;
}

/** Whether the account can enter the home; a closed one of root's is opened to the account's group, if that is all it takes. */
async function letEnter(home: string, account: Account): Promise<boolean> {
  if (await canReach(account, home, 'enter')) return true;
  const { uid, gid, mode } = await stat(home);
  if (uid !== 0 || (mode & 0o077) !== 0) return false;
  await chown(home, 0, account.gid);
  await chmod(home, 0o710);
  if (await canReach(account, home, 'enter')) return true;
  await chmod(home, 0o700);
  await chown(home, 0, gid);
  return false;
}

async function linkTarget(path: string): Promise<string | undefined> {
  const found = await lstat(path).catch(() => undefined);
  return found?.isSymbolicLink() ? await readlink(path) : undefined;
}

export async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return false;
      throw error;
    },
  );
}
