import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { endProcess } from '../process/process-end.ts';
import { processCommand } from '../process/process-identity.ts';

/** The main process of a running Postgres, as its `postmaster.pid` describes it. */
export interface Postmaster {
  readonly pid: number;
  readonly port: number;
  readonly socketFolder: string;
}

/**
 * Who serves this data directory now. The file outlives a killed server, and its process id may by then belong to
 * anybody: it counts only when that process was started on this very directory.
 */
export async function findPostmaster(dataFolder: string): Promise<Postmaster | undefined> {
  let lines: string[];
  try {
    lines = (await readFile(join(dataFolder, 'postmaster.pid'), 'utf8')).split('\n');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  const pid = Number(lines[0]);
  if (!Number.isInteger(pid) || pid <= 0) return undefined;
  const command = processCommand(pid);
  if (!command?.includes(`-D ${dataFolder} `)) return undefined;
  return { pid, port: Number(lines[3]), socketFolder: lines[4] ?? '' };
}

/**
 * Makes the leftovers of a killed server harmless when no postmaster serves the directory. Postgres would take the
 * process id in its file for a running server when somebody else has that id by now, or when it is a zombie. The file
 * itself must stay: it names the shared memory by which Postgres notices that backends of the dead server still write.
 * So the id is replaced with ours, since Postgres knows that its own parent is no server.
 */
export async function disarmLeftovers(dataFolder: string, socketFolder: string): Promise<void> {
  const file = join(dataFolder, 'postmaster.pid');
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
  if (text) await writeFile(file, text.replace(/^\d+/, String(process.pid)));
  const sockets = (await readdir(socketFolder)).filter((name) => name.startsWith('.s.PGSQL.'));
  await Promise.all(sockets.map((name) => rm(join(socketFolder, name), { force: true })));
}

/** Fast shutdown, then immediate, then by force. A stopped process is woken first, else it would not hear. */
export async function endPostmaster(pid: number): Promise<void> {
  await endProcess(pid, [
    { signal: 'SIGCONT', waitMs: 0 },
    { signal: 'SIGINT', waitMs: 15_000 },
    { signal: 'SIGQUIT', waitMs: 5_000 },
    { signal: 'SIGKILL', waitMs: 5_000 },
  ]);
}
