import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '@jetsaga/embedded';
import type { AppProcess } from './app-process.ts';

const pollMs = 100;
const noticeEveryMs = 10_000;

/** Resolves when every app says that it is ready. Says now and then which are not. Throws when the signal aborts. */
export async function waitUntilReady(apps: readonly AppProcess[], signal: AbortSignal, log: Log): Promise<void> {
  const started = performance.now();
  let nextNotice = noticeEveryMs;
  let waiting = apps;
  for (;;) {
    const answers = await Promise.all(waiting.map(async (app) => ({ app, missing: await app.whatIsMissing(signal) })));
    const notReady = answers.filter(({ missing }) => missing !== undefined);
    if (notReady.length === 0) return;
    waiting = notReady.map(({ app }) => app);
    const waited = performance.now() - started;
    if (waited > nextNotice) {
      const reasons = notReady.map(({ app, missing }) => `  ${app.name} ${missing}`).join('\n');
      log(`not ready after ${Math.round(waited / 1_000)} s:\n${reasons}`);
      nextNotice += noticeEveryMs;
    }
    await sleep(pollMs, undefined, { signal });
  }
}
