import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { processFingerprint } from './process-identity.ts';

export interface LockOptions {
  /** How long to wait for the holder. Default 2 min. */
  readonly waitMs?: number;
  /** Called once when somebody else holds it. */
  readonly onWait?: (holderPid: number) => void;
}

/** One process at a time. The lock of a process that died is taken over. */
export async function withLock<T>(path: string, work: () => Promise<T>, options: LockOptions = {}): Promise<T> {
  const deadline = performance.now() + (options.waitMs ?? 120_000);
  let waited = false;
  while (!(await tryLock(path))) {
    const holder = await lockHolder(path);
    if (holder !== undefined && !waited) options.onWait?.(holder);
    waited ||= holder !== undefined;
    if (performance.now() > deadline) throw new Error(`${path} is held by process ${holder ?? 'unknown'} for too long`);
    await sleep(50);
  }
  try {
    return await work();
  } finally {
    await unlock(path);
  }
}

/** Takes the lock for this process, or says that somebody alive has it. */
export async function tryLock(path: string): Promise<boolean> {
  await mkdir(dirname(path), { recursive: true });
  const own = `${path}.${randomUUID()}`;
  await writeFile(own, lockText(process.pid), { mode: 0o600 });
  try {
    if (await linked(own, path)) return true;
    const text = await textOf(path);
    if (text === undefined || isHeld(text)) return false;
    // Renaming is atomic, so of several who saw the dead holder one moves it away; who moved a newer lock puts it back.
    const moved = `${own}.dead`;
    await rename(path, moved);
    if ((await textOf(moved)) !== text) await linked(moved, path);
    await rm(moved, { force: true });
    return await linked(own, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  } finally {
    await rm(own, { force: true });
  }
}

export async function unlock(path: string): Promise<void> {
  await rm(path, { force: true });
}

/** The living process that holds the lock. */
export async function lockHolder(path: string): Promise<number | undefined> {
  const text = await textOf(path);
  return text !== undefined && isHeld(text) ? Number(text.split(' ')[0]) : undefined;
}

function lockText(pid: number): string {
  return `${pid} ${processFingerprint(pid)}`;
}

function isHeld(text: string): boolean {
  return lockText(Number(text.split(' ')[0])) === text;
}

async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

async function textOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
