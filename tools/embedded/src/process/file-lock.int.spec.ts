import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { lockHolder, tryLock, unlock, withLock } from './file-lock.ts';

describe('a lock', () => {
  let folder: string;
  let path: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'jetsaga-lock-'));
    path = join(folder, 'a.lock');
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('lets one in at a time', async () => {
    let inside = 0;
    let most = 0;
    const work = async () => {
      inside += 1;
      most = Math.max(most, inside);
      await new Promise(setImmediate);
      inside -= 1;
    };
    await Promise.all(Array.from({ length: 5 }, () => withLock(path, work)));
    expect(most).toBe(1);
  });

  it('is refused while its holder lives', async () => {
    expect(await tryLock(path)).toBe(true);
    expect(await tryLock(path)).toBe(false);
    expect(await lockHolder(path)).toBe(process.pid);
    await unlock(path);
    expect(await tryLock(path)).toBe(true);
  });

  it('of a dead process is taken over, by one only, also when its id is in use again', async () => {
    await writeFile(path, `${process.pid} some-earlier-boot/1`);
    expect(await lockHolder(path)).toBeUndefined();
    const taken = await Promise.all(Array.from({ length: 8 }, () => tryLock(path)));
    expect(taken.filter(Boolean)).toHaveLength(1);
  });
});
