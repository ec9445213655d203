import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '@jetsaga/embedded';

const pollMs = 100;
const noticeEveryMs = 10_000;

/** Resolves when the API says that all of it is ready. Says now and then what is missing. Throws when the signal aborts. */
export async function waitUntilReady(address: string, signal: AbortSignal, log: Log): Promise<void> {
  const started = performance.now();
  let nextNotice = noticeEveryMs;
  for (;;) {
    const missing = await whatIsMissing(address, signal);
    if (missing === undefined) return;
    const waited = performance.now() - started;
    if (waited > nextNotice) {
      log(`not ready after ${Math.round(waited / 1_000)} s: ${missing}`);
      nextNotice += noticeEveryMs;
    }
    await sleep(pollMs, undefined, { signal });
  }
}

async function whatIsMissing(address: string, signal: AbortSignal): Promise<string | undefined> {
  signal.throwIfAborted();
  try {
    const response = await fetch(`${address}/health/ready`, { signal: AbortSignal.any([signal, AbortSignal.timeout(5_000)]) });
    const body = await response.text();
    return response.ok ? undefined : `the API answers ${response.status} ${body.slice(0, 500)}`;
  } catch (error) {
    signal.throwIfAborted();
    return `the API does not answer (${((error as Error).cause as Error | undefined)?.message ?? (error as Error).message})`;
  }
}
