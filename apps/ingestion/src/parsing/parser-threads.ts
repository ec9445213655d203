import { once } from 'node:events';
import { extname } from 'node:path';
import { isMarkedAsUntransferable, Worker } from 'node:worker_threads';
import type { DetectionHints } from './detect-text-type.ts';
import { DocumentProblem, reasonOf } from './document-problem.ts';
import type { ParsedDocument } from './parsed-document.ts';
import type { ParserAnswer, ParserRequest } from './parser-messages.ts';

export interface ParserThreadsOptions {
  /** Files at the same time. */
  readonly threads: number;
  /** JavaScript heap of one thread. */
  readonly heapMb: number;
  /** For one file. */
  readonly timeLimitMs: number;
  /** An unused thread ends after this. */
  readonly idleMs: number;
}

const defaults: ParserThreadsOptions = { threads: 2, heapMb: 512, timeLimitMs: 120_000, idleMs: 30_000 };
const script = new URL(`./parser-thread${extname(import.meta.url)}`, import.meta.url);

interface Thread {
  readonly worker: Worker;
  /** It has loaded its libraries. Rejects when it cannot. */
  readonly ready: Promise<unknown>;
  idle?: NodeJS.Timeout;
}

/**
 * Parses files in threads of their own: a file that takes too long, or too much memory, ends its thread and not the
 * process, and the process goes on answering meanwhile. A thread is made when it is needed, used for one file at a time,
 * and ends when it was idle for a while, was interrupted, or failed.
 */
export class ParserThreads {
  readonly #options: ParserThreadsOptions;
  readonly #idle: Thread[] = [];
  readonly #waiting: (() => void)[] = [];
  readonly #running = new Set<Promise<unknown>>();
  #busy = 0;

  constructor(options: Partial<ParserThreadsOptions> = {}) {
    this.#options = { ...defaults, ...options };
  }

  /** As parseDocument; the bytes are handed over and not usable here any more. Rejects with the signal's reason on abort. */
  async parse(bytes: Uint8Array, hints: DetectionHints, signal?: AbortSignal): Promise<ParsedDocument> {
    while (this.#busy >= this.#options.threads) await new Promise<void>((free) => this.#waiting.push(free));
    this.#busy += 1;
    try {
      signal?.throwIfAborted();
      const own = transferable(bytes) ? bytes : new Uint8Array(bytes);
      const run = this.#run({ bytes: own, hints }, signal);
      this.#running.add(run);
      return await run.finally(() => this.#running.delete(run));
    } finally {
      this.#busy -= 1;
      this.#waiting.shift()?.();
    }
  }

  /** Waits for files in work, then ends all threads. */
  async close(): Promise<void> {
    await Promise.allSettled(this.#running);
    await Promise.all(this.#idle.splice(0).map((thread) => this.#end(thread)));
  }

  async #run(request: ParserRequest, signal: AbortSignal | undefined): Promise<ParsedDocument> {
    const thread = await this.#take();
    const { worker } = thread;
    if (signal?.aborted) {
      this.#rest(thread);
      throw signal.reason;
    }
    const timeout = AbortSignal.timeout(this.#options.timeLimitMs);
    const stop = signal ? AbortSignal.any([signal, timeout]) : timeout;
    const { promise, resolve, reject } = Promise.withResolvers<ParserAnswer>();
    // Ending the thread below rejects it once more, with nobody waiting.
    promise.catch(() => undefined);
    const died = (code: number) => reject(new Error(`the parser thread ended with ${code}`));
    const stopped = () => reject(stop.reason as Error);
    worker.once('message', resolve).once('error', reject).once('exit', died);
    stop.addEventListener('abort', stopped, { once: true });
    try {
      worker.postMessage(request, [request.bytes.buffer as ArrayBuffer]);
      const answer = await promise;
      this.#rest(thread);
      if (answer.ok) return answer.parsed;
      throw new DocumentProblem(answer.code, answer.message);
    } catch (error) {
      if (error instanceof DocumentProblem) throw error;
      await this.#end(thread);
      signal?.throwIfAborted();
      if (timeout.aborted)
        throw new DocumentProblem('DOCUMENT_TOO_COMPLEX', `parsing took longer than ${this.#options.timeLimitMs / 1_000} s`);
      if (isOutOfMemory(error))
        throw new DocumentProblem('DOCUMENT_TOO_COMPLEX', `parsing needs more than ${this.#options.heapMb} MB of memory`);
      throw new Error(`the parser failed: ${reasonOf(error)}`, { cause: error });
    } finally {
      stop.removeEventListener('abort', stopped);
      worker.off('message', resolve).off('error', reject).off('exit', died);
    }
  }

  /** An idle thread, or a new one, ready to parse. */
  async #take(): Promise<Thread> {
    const thread = this.#idle.pop() ?? this.#start();
    clearTimeout(thread.idle);
    thread.worker.ref();
    try {
      await thread.ready;
    } catch (cause) {
      await this.#end(thread);
      throw new Error(`the parser cannot start: ${reasonOf(cause)}`, { cause });
    }
    return thread;
  }

  #start(): Thread {
    const worker = new Worker(script, {
      resourceLimits: { maxOldGenerationSizeMb: this.#options.heapMb },
      execArgv: [],
      // Libraries write their complaints to the console; the problem is told in the answer.
      stdout: true,
      stderr: true,
    });
    worker.stdout.resume();
    worker.stderr.resume();
    const ready = once(worker, 'message');
    ready.catch(() => undefined);
    const thread: Thread = { worker, ready };
    // One that dies while idle is replaced when the next file comes.
    worker.on('error', () => undefined).on('exit', () => this.#forget(thread));
    return thread;
  }

  #rest(thread: Thread): void {
    thread.idle = setTimeout(() => {
      this.#forget(thread);
      void this.#end(thread);
    }, this.#options.idleMs);
    thread.idle.unref();
    thread.worker.unref();
    this.#idle.push(thread);
  }

  #forget(thread: Thread): void {
    const at = this.#idle.indexOf(thread);
    if (at >= 0) this.#idle.splice(at, 1);
  }

  async #end(thread: Thread): Promise<void> {
    clearTimeout(thread.idle);
    await thread.worker.terminate();
  }
}

/** A view of a larger buffer (Node's pool) cannot be handed over. */
function transferable({ buffer, byteLength }: Uint8Array): boolean {
  return byteLength === buffer.byteLength && !isMarkedAsUntransferable(buffer);
}

function isOutOfMemory(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';
}
