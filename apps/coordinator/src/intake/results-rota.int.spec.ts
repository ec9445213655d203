import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { subjects } from '@jetsaga/contracts';
import { connectNats, serveRequests, type NatsConnection } from '@jetsaga/messaging';
import { createLogger } from '@jetsaga/telemetry';
import { eventually, startTestNats, type TestServer } from '@jetsaga/testing';
import { ResultsRota } from './results-rota.ts';

const log = createLogger({ name: 'spec', level: 'silent' });
let server: TestServer;
const connections: NatsConnection[] = [];

beforeAll(async () => {
  server = await startTestNats();
}, 60_000);

afterAll(async () => {
  await Promise.all(connections.map((connection) => connection.close()));
  await server.stop();
});

/** A coordinator as the rota sees it, on a connection of its own. */
async function coordinator(id: string, since: number) {
  const connection = await connectNats({ url: server.url, name: id });
  connections.push(connection);
  const batches = { taken: 0, full: 0 };
  const rota = new ResultsRota({
    connection,
    id,
    since,
    log,
    loop: { takeBatchCounts: () => ({ ...batches }) },
    take: () => serveRequests(connection, subjects.results, 'coordinators', () => id),
  });
  await connection.flush();
  return { rota, connection, batches };
}

describe('coordinators share results', () => {
  it('only while the older one is saturated, and the younger one takes over when it leaves or falls silent', async () => {
    const a = await coordinator('a', 1);
    expect(a.rota.taking).toBe(true);
    const b = await coordinator('b', 2);
    const c = await coordinator('c', 3);
    const taking = () => [a, b, c].map(({ rota }) => rota.taking);
    await eventually(async () => expect(taking()).toEqual([true, false, false]), { timeoutMs: 5_000 });
    const asked = await connectNats({ url: server.url, name: 'worker' });
    connections.push(asked);
    const ask = async () => (await asked.request(subjects.results, '{}', { timeout: 1_000 })).json();
    expect(await Promise.all(Array.from({ length: 20 }, ask))).toEqual(Array.from({ length: 20 }, () => 'a'));

    Object.assign(a.batches, { taken: 4, full: 3 });
    await eventually(async () => expect(taking()).toEqual([true, true, false]), { timeoutMs: 5_000 });

    // Gone without a word.
    await a.connection.close();
    await eventually(async () => expect(taking().slice(1)).toEqual([true, false]), { timeoutMs: 5_000 });
    await eventually(async () => expect(await ask()).toBe('b'), { timeoutMs: 5_000 });

    await b.rota.stop();
    await eventually(async () => expect(c.rota.taking).toBe(true), { timeoutMs: 400 });
    expect(await ask()).toBe('c');
    await c.rota.stop();
    await a.rota.stop();
  }, 30_000);
});
