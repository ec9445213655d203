import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Ports are taken from below the range that systems hand out to outgoing connections (from 32768 on Linux, 49152 on
 * macOS): so nobody's client takes the port while its server restarts, and no reconnecting client ends up connected to
 * itself, which happens on loopback inside that range.
 */
const lowest = 20_000;
const highest = 32_000;

const patienceMs = 2_000;

/**
 * The preferred port when it is or soon becomes free on loopback (the last processes of a killed server may still hold
 * it), else a free one. Somebody may still be faster: callers try again.
 */
export async function freePort(preferred?: number): Promise<number> {
  const deadline = performance.now() + patienceMs;
  while (preferred !== undefined && performance.now() < deadline) {
    if (await isFree(preferred)) return preferred;
    await sleep(20);
  }
  for (;;) {
    const port = randomInt(lowest, highest);
    if (await isFree(port)) return port;
  }
}

export function isFree(port: number, host = '127.0.0.1'): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
  });
}
