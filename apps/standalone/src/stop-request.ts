import { watchLaunchers } from './launchers.ts';

/** One press of Ctrl-C can arrive twice, from the terminal and passed on by npm. */
const samePressMs = 500;

/** How a person or a system asks the platform to stop. */
export interface StopRequest {
  /** Aborted at the first request. */
  readonly stop: AbortSignal;
  /** Aborted at the second: no more patience. */
  readonly now: AbortSignal;
  /** Stops listening. */
  dispose(): void;
}

/** Listens for SIGINT, SIGTERM, SIGHUP, and for the end of the npm or pnpm that started us. */
export function listenForStop(): StopRequest {
  const stop = new AbortController();
  const now = new AbortController();
  let firstAt = 0;
  const request = () => {
    if (!stop.signal.aborted) {
      firstAt = performance.now();
      stop.abort();
    } else if (performance.now() - firstAt > samePressMs) {
      now.abort();
    }
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, request);
  const unwatch = watchLaunchers(() => stop.abort());
  return {
    stop: stop.signal,
    now: now.signal,
    dispose() {
      unwatch();
      for (const signal of signals) process.off(signal, request);
    },
  };
}
