import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, fstatSync, openSync, readFileSync, renameSync, statSync } from 'node:fs';
import { once } from 'node:events';

const logSizeLimit = 10 * 1024 * 1024;

export interface Account {
  readonly uid: number;
  readonly gid: number;
}

export interface DetachedOptions {
  readonly command: string;
  readonly arguments: readonly string[];
  /** Output goes to the end of this file; a large one is put aside as `.1` first. */
  readonly logFile: string;
  readonly account?: Account;
  readonly directory?: string;
  readonly environment?: NodeJS.ProcessEnv;
}

export interface DetachedProcess {
  readonly child: ChildProcess;
  readonly pid: number;
  /** How long the log was before. */
  readonly logStart: number;
}

/** Starts a process in a group of its own, so that it outlives us and a Ctrl-C on the terminal passes it by. */
export async function spawnDetached(options: DetachedOptions): Promise<DetachedProcess> {
  rotate(options.logFile);
  const output = openSync(options.logFile, 'a', 0o600);
  const logStart = fstatSync(output).size;
  try {
    const child = spawn(options.command, options.arguments, {
      detached: true,
      stdio: ['ignore', output, output],
      cwd: options.directory ?? '/',
      env: options.environment ?? { PATH: process.env.PATH },
      ...options.account,
    });
    await once(child, 'spawn');
    child.unref();
    return { child, pid: child.pid as number, logStart };
  } finally {
    closeSync(output);
  }
}

/** What a log says since it had the given size: its last lines, to show with a failure. */
export function logTail(file: string, since: number, lines = 12): string {
  try {
    return readFileSync(file).subarray(since).toString().trimEnd().split('\n').slice(-lines).join('\n');
  } catch {
    return '(no log)';
  }
}

function rotate(file: string): void {
  try {
    if (statSync(file).size > logSizeLimit) renameSync(file, `${file}.1`);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}
