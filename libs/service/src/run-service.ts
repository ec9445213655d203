import { startTelemetry } from '@jetsaga/telemetry';
import type { VariableName } from './configuration/configuration-variables.ts';
import { loadDotEnv } from './configuration/dot-env.ts';
import { ConfigurationInvalid, loadConfiguration } from './configuration/load-configuration.ts';
import { startService, type RunningService, type ServiceDefinition } from './start-service.ts';

/**
 * The whole life of a service's process: starts it, and stops it on SIGTERM or SIGINT. Exit code 0 after an orderly stop; 1 when
 * it cannot start, fails in a way that nobody foresaw, or is not done within SHUTDOWN_GRACE. A second signal ends it at once.
 */
export async function runService<Name extends VariableName = never>(definition: ServiceDefinition<Name>): Promise<void> {
  let running: RunningService | undefined;
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
    process.stderr.write(
      `${definition.name} failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
    );
    process.exit(1);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void stop().catch(fail));
  process.on('unhandledRejection', fail);
  process.on('uncaughtException', fail);
  try {
    loadDotEnv();
    stopTelemetry = await startTelemetry({ service: definition.name });
    running = await startService(definition);
  } catch (error) {
    if (!(error instanceof ConfigurationInvalid)) fail(error);
    process.stderr.write(`${definition.name} cannot start: ${(error as Error).message}\n`);
    process.exit(1);
  }
}

function graceOf(environment: NodeJS.ProcessEnv): number {
  return loadConfiguration(['SHUTDOWN_GRACE'], environment).SHUTDOWN_GRACE;
}
