import { join } from 'node:path';
import { lockHolder, prepareHome, tryLock, unlock } from '@jetsaga/embedded';
import { StartRefused } from './start-refused.ts';

/** Does the work as the only one on this home; throws StartRefused when somebody else is at it. */
export async function withHome(path: string, work: () => Promise<void>): Promise<void> {
  const home = await prepareHome(path);
  const lock = join(home, 'owner.lock');
  if (!(await tryLock(lock))) {
    const holder = await lockHolder(lock);
    throw new StartRefused(
      `Process ${holder ?? 'unknown'} runs on ${home} already.\nStop it first (\`kill ${holder ?? '<process>'}\`), or choose another folder with JETSAGA_HOME.`,
    );
  }
  try {
    await work();
  } finally {
    await unlock(lock);
  }
}
