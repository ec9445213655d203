import { EmbeddedServerError, startNats, startPostgres, type Log } from '@jetsaga/embedded';
import { aborted } from './aborted.ts';
import { ServerKeeper } from './server-keeper.ts';
import { readSettings } from './settings.ts';
import { StartRefused } from './start-refused.ts';
import { listenForStop } from './stop-request.ts';
import { withHome } from './with-home.ts';

/**
 * Runs just the embedded servers until it is asked to stop, and returns the exit code. Their addresses are printed on
 * stdout as shell commands, everything else on stderr.
 */
export async function runInfra(env: NodeJS.ProcessEnv): Promise<number> {
  const read = readSettings({ JETSAGA_HOME: env.JETSAGA_HOME });
  if ('problems' in read) throw new Error(read.problems.join('\n'));
  const { home } = read.settings;
  const log: Log = (line) => console.error(line);
  const request = listenForStop();
  try {
    await withHome(home, async () => {
      const onMoved = () => log('its address changed; stop, and start again what uses it');
      const postgres = new ServerKeeper({ title: 'Postgres', start: () => startPostgres({ home, log }), log, onMoved });
      const nats = new ServerKeeper({ title: 'NATS', start: () => startNats({ home, log }), log, onMoved });
      try {
        await Promise.race([Promise.all([postgres.start(), nats.start()]), aborted(request.stop)]);
        if (!request.stop.aborted) {
          console.log(`export NATS_URL='${nats.url}'\nexport DATABASE_URL='${postgres.url}'`);
          log('\nUse these in the terminals of the processes. Ctrl-C stops both servers.');
        }
        await aborted(request.stop);
      } finally {
        log('stopping');
        await Promise.race([Promise.all([nats.stop(), postgres.stop()]), aborted(request.now)]);
      }
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
