import { setTimeout as pause } from 'node:timers/promises';
import type { Json } from '@jetsaga/contracts';
import type { Jetsaga } from '@jetsaga/client';
import { startHttpServer, type TestHttpServer } from '@jetsaga/testing';

/** A local HTTP service that adds one to a number, and counts its calls by idempotency key. */
export interface AddingService {
  readonly url: string;
  readonly callsByKey: ReadonlyMap<string, number>;
  close(): Promise<void>;
}

/** `delayMs`: how long it takes for an answer. */
export async function startAddingService(delayMs = 0): Promise<AddingService> {
  const callsByKey = new Map<string, number>();
  const server: TestHttpServer = await startHttpServer(async (request) => {
    if (delayMs > 0) await pause(delayMs);
    const key = String(request.headers['idempotency-key']);
    callsByKey.set(key, (callsByKey.get(key) ?? 0) + 1);
    const { n } = request.json() as { n: number };
    return { body: { n: n + 1 } };
  });
  return { url: server.url, callsByKey, close: () => server.close() };
}

/** Five dispatched steps, one after the other; each has the service add one. The result is the input and five. */
export function fiveSteps(url: string) {
  const step = (id: string, before: string | null) => ({
    id,
    handler: 'call_external_service',
    ...(before === null ? {} : { dependencies: [before] }),
    config: { url, method: 'POST', body: { n: before === null ? '{{ input.n }}' : `{{ ${before}.output.response.n }}` } },
    retry: { retries: 20, initialDelay: '200ms', maxDelay: '2s' },
  });
  return {
    name: 'five steps',
    dag: { nodes: [step('a', null), step('b', 'a'), step('c', 'b'), step('d', 'c'), step('e', 'd')] },
    output: { n: '{{ e.output.response.n }}' },
  };
}

/** Starts that many, a few at a time; a start that was not answered is made again under its key. Gives ids by input. */
export async function startMany(client: Jetsaga, key: string, count: number, run: string): Promise<Map<number, string>> {
  const ids = new Map<number, string>();
  const numbers = Array.from({ length: count }, (_, n) => n).values();
  const startNext = async () => {
    for (const n of numbers)
      ids.set(n, await insist(async () => (await client.start(key, { n }, { idempotencyKey: `${run}-${n}` })).id));
  };
  await Promise.all(Array.from({ length: 16 }, startNext));
  return ids;
}

/** Asks again for up to a minute: the server may be away at the moment. */
export async function insist<T>(ask: () => Promise<T>): Promise<T> {
  const until = Date.now() + 60_000;
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (Date.now() > until) throw error;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}

export interface Tally {
  readonly byStatus: Readonly<Record<string, number>>;
  readonly wrong: readonly { n: number; id: string; output: Json }[];
}

/** How the executions stand, and which completed ones have not the input and five for a result. */
export async function tally(client: Jetsaga, ids: ReadonlyMap<number, string>): Promise<Tally> {
  const byStatus: Record<string, number> = {};
  const wrong: { n: number; id: string; output: Json }[] = [];
  const entries = ids.entries();
  const lookNext = async () => {
    for (const [n, id] of entries) {
      const { status, output } = await insist(() => client.show(id));
      byStatus[status] = (byStatus[status] ?? 0) + 1;
      if (status === 'COMPLETED' && JSON.stringify(output) !== JSON.stringify({ n: n + 5 }))
        wrong.push({ n, id, output: output ?? null });
    }
  };
  await Promise.all(Array.from({ length: 16 }, lookNext));
  return { byStatus, wrong };
}
