import { setTimeout as sleep } from 'node:timers/promises';
import type { EmbeddedServer, Log } from '@jetsaga/embedded';

const longestPauseMs = 10_000;
const startPatienceMs = 10_000;

export interface ServerKeeperOptions {
  readonly title: string;
  /** Starts it, or adopts the one that runs. */
  readonly start: () => Promise<EmbeddedServer>;
  readonly log: Log;
  /** It had to be started at another address. */
  readonly onMoved: () => void;
}

/** An embedded server, kept running on the same data: one that ends unasked is started again. */
export class ServerKeeper {
  readonly #options: ServerKeeperOptions;
  #server: EmbeddedServer | undefined;
  #starting: Promise<void> = Promise.resolve();
  #isStopped = false;

  constructor(options: ServerKeeperOptions) {
    this.#options = options;
  }

  get url(): string {
    if (!this.#server) throw new Error(`${this.#options.title} is not started`);
    return this.#server.url;
  }

  start(): Promise<void> {
    this.#starting = this.#start();
    return this.#starting;
  }

  /** In order. A start that is under way is waited for, within reason. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await Promise.race([this.#starting.catch(() => undefined), sleep(startPatienceMs, undefined, { ref: false })]);
    await this.#server?.stop();
  }

  async kill(): Promise<void> {
    this.#isStopped = true;
    await this.#server?.kill();
  }

  async #start(): Promise<void> {
    const server = await this.#options.start();
    this.#server = server;
    this.#options.log(
      `${this.#options.title} ${server.version} ${server.adopted ? 'runs already' : 'runs'} (process ${server.pid})`,
    );
    server.onExit(({ expected }) => {
      if (expected || this.#isStopped) return;
      this.#options.log(`${this.#options.title} (process ${server.pid}) has ended; starting it again`);
      this.#starting = this.#startAgain(server.url);
    });
  }

  async #startAgain(before: string): Promise<void> {
    for (let pauseMs = 250; !this.#isStopped; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
      try {
        await this.#start();
        if (this.url !== before) this.#options.onMoved();
        return;
      } catch (error) {
        this.#options.log((error as Error).message);
        await sleep(pauseMs);
      }
    }
  }
}
