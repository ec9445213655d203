import { startTelemetry } from '@jetsaga/telemetry';
import { loadDotEnv } from './configuration/dot-env.ts';
import { ConfigurationInvalid, loadConfiguration } from './configuration/load-configuration.ts';

/** What a process consists of, once it runs. */
export interface RunningProcess {
  /** Finishes what is in hand, then closes everything. */
  stop(): Promise<void>;
}

/**
 * The whole life of a process: starts it, and stops it on SIGTERM or SIGINT. Exit code 0 after an orderly stop; 1 when it
 * cannot start, fails in a way that nobody foresaw, or is not done within SHUTDOWN_GRACE. A second signal ends it at once.
 */
export async function runProcess(name: string, start: () => Promise<RunningProcess>): Promise<void> {
  let running: RunningProcess | undefined;
  let stopTelemetry: () => Promise<void> = () => Promise.resolve();
  let asked = false;
  const stop = async () => {
    if (asked) process.exit(130);
    asked = true;
    // Still waiting for a server: there is nothing to finish.
    if (!running) process.exit(0);
    const force = setTimeout(() => process.exit(1), graceOf(process.env) + 1_000);
    force.unref();
    await running.stop();
    await stopTelemetry();
    process.exit(0);
  };
  const fail = (error: unknown) => {
    process.stderr.write(`${name} failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exit(1);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void stop().catch(fail));
  process.on('unhandledRejection', fail);
  process.on('uncaughtException', fail);
  try {
    loadDotEnv();
    stopTelemetry = await startTelemetry({ service: name });
    running = await start();
  } catch (error) {
    if (!(error instanceof ConfigurationInvalid)) fail(error);
    process.stderr.write(`${name} cannot start: ${(error as Error).message}\n`);
    process.exit(1);
  }
}

function graceOf(environment: NodeJS.ProcessEnv): number {
  return loadConfiguration(['SHUTDOWN_GRACE'], environment).SHUTDOWN_GRACE;
}
