import { describe, expect, it } from '@jest/globals';
import { Jetsaga } from '@jetsaga/client';
import { eventually, Platform, type PlatformOptions } from '@jetsaga/testing';
import { fiveSteps, startAddingService, startMany, tally } from './five-steps.ts';

const executions = 300;
/** Each step waits for its service, and a worker has few slots: the work that replicas are for. */
const delayMs = 40;
const env = { WORKER_CONCURRENCY: '8' };

/** Milliseconds from the first start to the last result; every result is checked. */
async function timeToFinish(options: PlatformOptions): Promise<number> {
  const service = await startAddingService(delayMs);
  const platform = await Platform.start(options);
  try {
    const client = new Jetsaga({ url: platform.url });
    await eventually(async () => expect((await client.handlers()).items.length).toBeGreaterThan(0), { timeoutMs: 20_000 });
    await client.definitions.apply(JSON.stringify(fiveSteps(service.url)));
    const began = performance.now();
    const ids = await startMany(client, 'five-steps', executions, 'replicas');
    await eventually(async () => expect(await tally(client, ids)).toEqual({ byStatus: { COMPLETED: executions }, wrong: [] }), {
      timeoutMs: 120_000,
      intervalMs: 100,
    });
    expect([...service.callsByKey.values()].every((calls) => calls === 1)).toBe(true);
    return performance.now() - began;
  } finally {
    await platform.stop();
    await service.close();
  }
}

describe('two coordinators and two workers side by side', () => {
  it('give the same results as one of each, each step done once, and sooner', async () => {
    const apps = ['coordinator', 'api', 'actions'] as const;
    const one = await timeToFinish({ apps, env });
    const two = await timeToFinish({ apps, env, replicas: { coordinator: 2, actions: 2 } });
    expect(two).toBeLessThan(one);
    process.stderr.write(
      `five steps, ${executions} executions: one of each ${Math.round(one)} ms, two of each ${Math.round(two)} ms\n`,
    );
  }, 300_000);
});
