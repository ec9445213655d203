import type { ChildProcess } from 'node:child_process';
import type { ServerExit } from '../embedded-server.ts';
import { isAlive } from './process-identity.ts';

const pollMs = 250;

/**
 * Notices that a process is gone. A child of ours tells; one that we adopted is asked for four times a second, while
 * somebody listens.
 */
export class ExitWatch {
  readonly #pid: number;
  readonly #listeners = new Set<(exit: ServerExit) => void>();
  #poll: NodeJS.Timeout | undefined;
  #gone = false;
  #expected = false;

  constructor(pid: number, child?: ChildProcess) {
    this.#pid = pid;
    child?.once('exit', () => this.#leave());
  }

  /** From now on its end is our own doing. */
  expect(): void {
    this.#expected = true;
  }

  listen(listener: (exit: ServerExit) => void): () => void {
    this.#listeners.add(listener);
    this.#poll ??= setInterval(() => isAlive(this.#pid) || this.#leave(), pollMs).unref();
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) this.#rest();
    };
  }

  #leave(): void {
    if (this.#gone) return;
    this.#gone = true;
    this.#rest();
    for (const listener of this.#listeners) listener({ expected: this.#expected });
    this.#listeners.clear();
  }

  #rest(): void {
    clearInterval(this.#poll);
    this.#poll = undefined;
  }
}
