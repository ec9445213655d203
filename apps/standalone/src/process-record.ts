import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { endProcess, processFingerprint, type Log } from '@jetsaga/embedded';

export interface RunningProcess {
  readonly name: string;
  readonly pid: number;
  /** So that a process that has the id of a dead one by now is left alone. */
  readonly fingerprint: string;
}

/** `<home>/processes.json`: the app processes of a supervisor, for the next one to find if this one is killed. */
export class ProcessRecord {
  readonly #file: string;

  constructor(home: string) {
    this.#file = join(home, 'processes.json');
  }

  /** Written at once and not awaited: a kill may come at any moment. */
  write(processes: readonly RunningProcess[]): void {
    if (processes.length > 0) writeFileSync(this.#file, JSON.stringify(processes), { mode: 0o600 });
    else rmSync(this.#file, { force: true });
  }

  /** Stops what a supervisor that was killed has left running. */
  async stopLeftovers(graceMs: number, log: Log): Promise<void> {
    const left = this.#read().filter(({ pid, fingerprint }) => processFingerprint(pid) === fingerprint);
    if (left.length > 0) log(`stopping what an earlier start left running: ${left.map(({ name }) => name).join(', ')}`);
    await Promise.all(
      left.map(({ pid }) =>
        endProcess(pid, [
          { signal: 'SIGCONT', waitMs: 0 },
          { signal: 'SIGTERM', waitMs: graceMs },
          { signal: 'SIGKILL', waitMs: 5_000 },
        ]),
      ),
    );
    rmSync(this.#file, { force: true });
  }

  #read(): RunningProcess[] {
    try {
      return JSON.parse(readFileSync(this.#file, 'utf8')) as RunningProcess[];
    } catch {
      // None was written, or the machine went down while it was: then nothing of it runs.
      return [];
    }
  }
}
