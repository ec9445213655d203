import { describe, expect, it } from '@jest/globals';
import { Fresh } from './fresh.ts';

/** Counts what is asked, and answers when it is told to. */
function questions() {
  const waiting: ((answer: number | Error) => void)[] = [];
  const fresh = new Fresh(
    () =>
      new Promise<number>((resolve, reject) =>
        waiting.push((answer) => (typeof answer === 'number' ? resolve(answer) : reject(answer))),
      ),
  );
  const asked = async (count: number) => {
    for (let turns = 0; turns < 10 && waiting.length < count; turns += 1) await Promise.resolve();
    return waiting.length;
  };
  return { fresh, waiting, asked };
}

describe('a fresh answer', () => {
  it('is never one to a question put before: who asks meanwhile shares the next', async () => {
    const { fresh, waiting, asked } = questions();
    const first = fresh.get();
    expect(await asked(1)).toBe(1);
    const second = fresh.get();
    const third = fresh.get();
    expect(await asked(2)).toBe(1);
    waiting[0]!(1);
    expect(await first).toBe(1);
    expect(await asked(2)).toBe(2);
    waiting[1]!(2);
    expect(await Promise.all([second, third])).toEqual([2, 2]);
  });

  it('may fail, for those who share it', async () => {
    const { fresh, waiting, asked } = questions();
    const failing = fresh.get();
    await asked(1);
    waiting[0]!(new Error('away'));
    await expect(failing).rejects.toThrow('away');
    const next = fresh.get();
    await asked(2);
    waiting[1]!(7);
    expect(await next).toBe(7);
  });
});
