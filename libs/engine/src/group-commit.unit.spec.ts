import { describe, expect, it } from '@jest/globals';
import { GroupCommit } from './group-commit.ts';

/** Processes batches only when told to, and remembers them. */
function gated<T>(options: { batchLimit: number; groupLimit?: number; groupOf?: (item: T) => string }) {
  const batches: T[][] = [];
  const gates: (() => void)[] = [];
  const commit = new GroupCommit<T>({
    ...options,
    process: (batch) => {
      batches.push(batch);
      return new Promise((resolve) => gates.push(resolve));
    },
  });
  const settle = async () => {
    for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
  };
  const finishBatch = async () => {
    await settle();
    gates.shift()?.();
    await settle();
  };
  return { commit, batches, finishBatch };
}

describe('group commit', () => {
  it('takes what arrived in the same turn as one batch, at once', async () => {
    const { commit, batches, finishBatch } = gated<number>({ batchLimit: 10 });
    commit.add(1);
    commit.add(2);
    await finishBatch();
    expect(batches).toEqual([[1, 2]]);
  });

  it('gathers while a batch is in flight, up to the limit', async () => {
    const { commit, batches, finishBatch } = gated<number>({ batchLimit: 3 });
    commit.add(0);
    await Promise.resolve();
    for (const item of [1, 2, 3, 4]) commit.add(item);
    await finishBatch();
    await finishBatch();
    expect(batches).toEqual([[0], [1, 2, 3], [4]]);
  });

  it('caps a group without disturbing its order', async () => {
    const { commit, batches, finishBatch } = gated<string>({ batchLimit: 10, groupLimit: 2, groupOf: (item) => item[0] ?? '' });
    for (const item of ['a1', 'a2', 'a3', 'b1', 'a4']) commit.add(item);
    for (let batch = 0; batch < 3; batch += 1) await finishBatch();
    expect(batches).toEqual([
      ['a1', 'a2', 'b1'],
      ['a3', 'a4'],
    ]);
  });

  it('is drained when everything that was added has been processed', async () => {
    const { commit, finishBatch } = gated<number>({ batchLimit: 1 });
    let drained = false;
    commit.add(1);
    commit.add(2);
    const wait = commit.drained().then(() => (drained = true));
    await finishBatch();
    expect(drained).toBe(false);
    await finishBatch();
    await wait;
    expect(drained).toBe(true);
  });
});
