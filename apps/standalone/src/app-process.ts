import { join } from 'node:path';
import { endProcess, freePort, logTail, processFingerprint, spawnDetached, type Log, type SignalStep } from '@jetsaga/embedded';
import { httpAddress } from './http-address.ts';
import type { AppSpec } from './apps.ts';
import type { RunningProcess } from './process-record.ts';

/** An app that lived this long begins its pauses anew. */
const steadyAfterMs = 60_000;
const firstPauseMs = 250;
const longestPauseMs = 30_000;

export interface AppProcessOptions {
  readonly home: string;
  readonly log: Log;
  /** A process came or went. */
  readonly onChange: () => void;
  /** It ended unasked; `times` in a row. */
  readonly onCrash: (app: AppProcess, times: number) => void;
}

/**
 * One app, kept running. Modes: `idle` (not started), `running`, `pausing` (it died and is started again after a pause
 * that doubles with each death in a row), `stopped`. `start` moves it to running, its death to pausing, the end of the
 * pause back; `stop` and `kill` end it for good.
 */
export class AppProcess {
  readonly name: string;
  readonly logFile: string;
  readonly #spec: AppSpec;
  readonly #options: AppProcessOptions;
  #mode: 'idle' | 'running' | 'pausing' | 'stopped' = 'idle';
  #process: (RunningProcess & { address: string; startedAt: number; logStart: number }) | undefined;
  #environment: NodeJS.ProcessEnv = {};
  #pause: NodeJS.Timeout | undefined;
  #crashes = 0;
  #isReplaced = false;

  constructor(spec: AppSpec, options: AppProcessOptions) {
    this.name = spec.name;
    this.logFile = join(options.home, 'logs', `${spec.name}.log`);
    this.#spec = spec;
    this.#options = options;
  }

  /** The process of now. */
  get running(): RunningProcess | undefined {
    return this.#process && { name: this.name, pid: this.#process.pid, fingerprint: this.#process.fingerprint };
  }

  /** Undefined when it is ready; else what it says to that, in words. */
  async whatIsMissing(signal: AbortSignal): Promise<string | undefined> {
    if (!this.#process) return 'does not run';
    try {
      const response = await fetch(`${this.#process.address}/health/ready`, {
        signal: AbortSignal.any([signal, AbortSignal.timeout(5_000)]),
      });
      const body = await response.text();
      return response.ok ? undefined : `answers ${response.status} ${body.slice(0, 500)}`;
    } catch {
      return 'does not answer';
    }
  }

  async start(environment: NodeJS.ProcessEnv): Promise<void> {
    if (this.#mode !== 'idle') return;
    this.#environment = environment;
    await this.#spawn();
  }

  /** Goes on with another environment: the process is ended in order, and a new one started. */
  async replace(environment: NodeJS.ProcessEnv, graceMs: number): Promise<void> {
    this.#environment = environment;
    if (!this.#process) return;
    this.#isReplaced = true;
    await endProcess(this.#process.pid, orderly(graceMs));
  }

  /** Lets it settle its work for as long as the grace time, then ends it by force. */
  async stop(graceMs: number): Promise<void> {
    this.#retire();
    if (this.#process) await endProcess(this.#process.pid, orderly(graceMs));
  }

  async kill(): Promise<void> {
    this.#retire();
    if (this.#process) await endProcess(this.#process.pid, [{ signal: 'SIGKILL', waitMs: 5_000 }]);
  }

  async #spawn(): Promise<void> {
    const { host, port } = this.#spec.address ?? { host: '127.0.0.1', port: await freePort() };
    const listen = this.#spec.address ? { PORT: String(port) } : { HEALTH_PORT: String(port) };
    const { child, pid, logStart } = await spawnDetached({
      command: process.execPath,
      arguments: ['--enable-source-maps', this.#spec.entry],
      logFile: this.logFile,
      directory: process.cwd(),
      environment: { ...this.#environment, ...listen, HOST: host, ...this.#spec.environment },
    });
    this.#mode = 'running';
    const fingerprint = processFingerprint(pid) ?? '';
    this.#process = {
      name: this.name,
      pid,
      fingerprint,
      address: httpAddress(host, port),
      startedAt: performance.now(),
      logStart,
    };
    child.once('exit', (code, signal) => this.#died(signal ?? `exit code ${code}`));
    this.#options.onChange();
  }

  #died(how: string): void {
    const { startedAt = 0, logStart = 0 } = this.#process ?? {};
    this.#process = undefined;
    this.#options.onChange();
    if (this.#mode === 'stopped') return;
    this.#mode = 'pausing';
    let pauseMs = 0;
    if (this.#isReplaced) {
      this.#isReplaced = false;
    } else {
      this.#crashes = performance.now() - startedAt > steadyAfterMs ? 1 : this.#crashes + 1;
      pauseMs = Math.min(firstPauseMs * 2 ** (this.#crashes - 1), longestPauseMs);
      const said = logTail(this.logFile, logStart).replace(/^/gm, '    ');
      this.#options.log(
        `${this.name} ended (${how}) and is started again in ${pauseMs / 1_000} s. The end of ${this.logFile}:\n${said}`,
      );
      this.#options.onCrash(this, this.#crashes);
    }
    this.#pause = setTimeout(() => {
      if (this.#mode === 'pausing') this.#spawn().catch((error: Error) => this.#died(error.message));
    }, pauseMs);
  }

  #retire(): void {
    this.#mode = 'stopped';
    clearTimeout(this.#pause);
  }
}

/** The app ends itself when its grace time is over; what still runs then has to be told harder. */
function orderly(graceMs: number): SignalStep[] {
  return [
    { signal: 'SIGCONT', waitMs: 0 },
    { signal: 'SIGTERM', waitMs: graceMs + 3_000 },
    { signal: 'SIGKILL', waitMs: 5_000 },
  ];
}
