import { Pool } from 'undici';

export interface LoopFigures {
  readonly done: number;
  readonly failed: number;
  readonly seconds: number;
  /** Milliseconds, one an execution that ended in time, sorted. */
  readonly latencies: readonly number[];
}

export interface LoopOptions {
  readonly url: string;
  readonly path: string;
  readonly body: string;
  readonly expected: ReadonlySet<number>;
  readonly inFlight: number;
  readonly seconds: number;
}

/** Keeps a fixed number of requests in flight for some seconds; each answer makes the next request. */
export async function closedLoop(options: LoopOptions): Promise<LoopFigures> {
  const pool = new Pool(options.url, { connections: options.inFlight, pipelining: 1, headersTimeout: 60_000 });
  const latencies: number[] = [];
  let failed = 0;
  const began = performance.now();
  const until = began + options.seconds * 1_000;
  const runOne = async () => {
    while (performance.now() < until) {
      const sent = performance.now();
      const answer = await pool.request({
        path: options.path,
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: options.body,
      });
      await answer.body.text();
      if (options.expected.has(answer.statusCode)) latencies.push(performance.now() - sent);
      else failed += 1;
    }
  };
  try {
    await Promise.all(Array.from({ length: options.inFlight }, runOne));
  } finally {
    await pool.close();
  }
  const seconds = (performance.now() - began) / 1_000;
  return { done: latencies.length, failed, seconds, latencies: latencies.sort((a, b) => a - b) };
}

/** The value below which that share (0 to 1) of the sorted values lies. */
export function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
