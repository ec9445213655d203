import { EmbeddedServerError } from '@jetsaga/embedded';
import { platformApps, type AppSpec } from './apps.ts';
import { Platform } from './platform.ts';
import { refuseTakenPort } from './port-check.ts';
import { ProcessRecord } from './process-record.ts';
import { readyMessage } from './ready-message.ts';
import { readSettings, type Settings } from './settings.ts';
import { StartRefused } from './start-refused.ts';
import { withHome } from './with-home.ts';
import { listenForStop, type StopRequest } from './stop-request.ts';

/** How long the apps of a supervisor that was killed may take to settle before a new start ends them by force. */
const leftoverGraceMs = 10_000;

/**
 * Runs the whole platform until it is asked to stop, and returns the exit code: 0 after an orderly stop, 1 when it could
 * not start, 130 when the user had no patience. Prints for a person.
 */
export async function runStandalone(options: { env: NodeJS.ProcessEnv; apps?: readonly AppSpec[] }): Promise<number> {
  const started = performance.now();
  const read = readSettings(options.env);
  if ('problems' in read) {
    console.error(`The environment is not right:\n${read.problems.map((problem) => `  ${problem}`).join('\n')}`);
    return 1;
  }
  const { settings } = read;
  const request = listenForStop();
  try {
    await withHome(settings.home, async () => {
      await new ProcessRecord(settings.home).stopLeftovers(leftoverGraceMs, console.log);
      await refuseTakenPort(settings.host, settings.port);
      await runPlatform(settings, options.apps ?? platformApps(settings.host, settings.port), request, started);
    });
    return request.now.aborted ? 130 : 0;
  } catch (error) {
    if (!(error instanceof StartRefused) && !(error instanceof EmbeddedServerError)) throw error;
    console.error(error.message);
    return 1;
  } finally {
    request.dispose();
  }
}

function runPlatform(settings: Settings, apps: readonly AppSpec[], request: StopRequest, started: number): Promise<void> {
  const onReady = (address: string) =>
    console.log(readyMessage({ address, home: settings.home, tookMs: performance.now() - started }));
  return new Platform({ settings, apps, request, log: console.log, onReady }).run();
}
