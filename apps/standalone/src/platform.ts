import { startNats, startPostgres, type Log } from '@jetsaga/embedded';
import { aborted } from './aborted.ts';
import { AppProcess } from './app-process.ts';
import type { AppSpec } from './apps.ts';
import { httpAddress } from './http-address.ts';
import { ProcessRecord } from './process-record.ts';
import { waitUntilReady } from './readiness.ts';
import { ServerKeeper } from './server-keeper.ts';
import type { Settings } from './settings.ts';
import { StartRefused } from './start-refused.ts';
import type { StopRequest } from './stop-request.ts';

/** An app that dies this often before it was ever ready is broken, not unlucky. */
const crashesBeforeGivingUp = 4;

export interface PlatformOptions {
  readonly settings: Settings;
  readonly apps: readonly AppSpec[];
  readonly request: StopRequest;
  readonly log: Log;
  /** Everything answers, at this address. */
  readonly onReady: (address: string) => void;
}

/** The embedded servers and the apps on them, from start to stop. */
export class Platform {
  readonly #options: PlatformOptions;
  readonly #apps: readonly AppProcess[];
  readonly #postgres: ServerKeeper | undefined;
  readonly #nats: ServerKeeper | undefined;
  readonly #record: ProcessRecord;
  readonly #broken = new AbortController();
  #isReady = false;

  constructor(options: PlatformOptions) {
    const { settings, log } = options;
    const { home } = settings;
    this.#options = options;
    this.#record = new ProcessRecord(home);
    const onMoved = () => void this.#replaceApps();
    if (!settings.databaseUrl) {
      this.#postgres = new ServerKeeper({ title: 'Postgres', start: () => startPostgres({ home, log }), log, onMoved });
    }
    if (!settings.natsUrl) this.#nats = new ServerKeeper({ title: 'NATS', start: () => startNats({ home, log }), log, onMoved });
    this.#apps = options.apps.map(
      (spec) =>
        new AppProcess(spec, {
          home,
          log,
          onChange: () => this.#record.write(this.#apps.flatMap((app) => app.running ?? [])),
          onCrash: (app, times) => this.#onCrash(app, times),
        }),
    );
  }

  /** Resolves when everything is stopped, after a request to. Throws StartRefused when it cannot get ready. */
  async run(): Promise<void> {
    const { settings, request, log, onReady } = this.#options;
    const end = AbortSignal.any([request.stop, this.#broken.signal]);
    try {
      await Promise.race([this.#startAll(), aborted(end)]);
      const address = httpAddress(settings.host, settings.port);
      if (!end.aborted) await waitUntilReady(this.#apps, end, log);
      if (!end.aborted) onReady(address);
      this.#isReady = true;
      await aborted(end);
    } catch (error) {
      if (!end.aborted) throw error;
    } finally {
      await this.#stop();
    }
    if (this.#broken.signal.aborted) throw this.#broken.signal.reason;
  }

  async #startAll(): Promise<void> {
    await Promise.all([this.#postgres?.start(), this.#nats?.start()]);
    if (this.#options.request.stop.aborted) return;
    this.#options.log(`starting ${this.#apps.map((app) => app.name).join(', ')}`);
    await Promise.all(this.#apps.map((app) => app.start(this.#environment())));
  }

  #environment(): NodeJS.ProcessEnv {
    const { settings } = this.#options;
    return {
      ...process.env,
      ...settings.appEnvironment,
      NATS_URL: settings.natsUrl ?? this.#nats?.url,
      DATABASE_URL: settings.databaseUrl ?? this.#postgres?.url,
    };
  }

  /** A server came back at another address. */
  async #replaceApps(): Promise<void> {
    this.#options.log('starting the apps again, since a server has another address now');
    await Promise.all(this.#apps.map((app) => app.replace(this.#environment(), this.#options.settings.shutdownGraceMs)));
  }

  #onCrash(app: AppProcess, times: number): void {
    if (this.#isReady || times < crashesBeforeGivingUp) return;
    const message = `${app.name} ended ${times} times before it was ready. Its log, ${app.logFile}, tells why.`;
    this.#broken.abort(new StartRefused(message));
  }

  async #stop(): Promise<void> {
    const { request, log } = this.#options;
    log('stopping; once more Ctrl-C stops at once');
    const hurry = aborted(request.now).then(async () => {
      log('stopping at once');
      await Promise.all([...this.#apps.map((app) => app.kill()), this.#nats?.kill(), this.#postgres?.kill()]);
    });
    await Promise.race([this.#stopInOrder(), hurry]);
    this.#record.write([]);
  }

  /** The coordinator goes after those who still hand it results; the servers last. */
  async #stopInOrder(): Promise<void> {
    const graceMs = this.#options.settings.shutdownGraceMs;
    const [first, last] = [false, true].map((isLast) => this.#apps.filter((app) => (app.name === 'coordinator') === isLast));
    await Promise.all((first ?? []).map((app) => app.stop(graceMs)));
    await Promise.all((last ?? []).map((app) => app.stop(graceMs)));
    await this.#nats?.stop();
    await this.#postgres?.stop();
    this.#options.log('stopped');
  }
}
