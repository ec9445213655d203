import { z } from 'zod';
import { Deferred, defineHandler, Outcome, RetryableError, TerminalError } from '../src/index.ts';

const anything = z.record(z.string(), z.json());

/** Holds a handler until it is let go. */
export class Gate {
  entered = 0;
  private waiting: (() => void)[] = [];
  private open = false;

  async pass(): Promise<void> {
    this.entered += 1;
    if (!this.open) await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  letGo(): void {
    this.open = true;
    for (const resolve of this.waiting.splice(0)) resolve();
  }
}

const shared = { queue: 'work', description: 'for tests', config: anything, output: z.json(), example: {} } as const;

export const echo = defineHandler({
  ...shared,
  name: 'echo',
  aliases: ['say_again'],
  branches: ['left', 'right'],
  run: (config) => Promise.resolve(typeof config['branch'] === 'string' ? new Outcome(config, config['branch']) : config),
});

export const strict = defineHandler({
  ...shared,
  name: 'strict',
  config: z.object({ url: z.url(), count: z.number().int().positive() }),
  output: z.object({ count: z.number() }),
  example: { url: 'https://example.com', count: 1 },
  run: ({ count }) => Promise.resolve(count === 99 ? ({ count: 'many' } as unknown as { count: number }) : { count }),
});

export const failing = defineHandler({
  ...shared,
  name: 'failing',
  run(config) {
    switch (config['how']) {
      case 'terminal':
        throw new TerminalError('NO_SUCH_CUSTOMER', 'there is no such customer', { details: { id: 7 } });
      case 'retryable':
        throw new RetryableError('TRY_LATER', 'not now', { retryAfterMs: 1_500, definite: false });
      case 'string':
        return Promise.reject('just text');
      default:
        return Promise.reject(new Error('it broke'));
    }
  },
});

export const deferring = defineHandler({ ...shared, name: 'deferring', run: () => Promise.resolve(new Deferred('an approval')) });

/** Defers, and keeps what it was told to take back. Refuses as often as it is told before it takes something back. */
export function revocable(refusals: Error[] = []) {
  const revoked: { id: unknown; token: string; key: string }[] = [];
  const handler = defineHandler({
    ...shared,
    name: 'revocable',
    run: () => Promise.resolve(new Deferred('an approval')),
    cancel: (config, { token, idempotencyKey: key }) => {
      const refusal = refusals.shift();
      if (refusal) return Promise.reject(refusal);
      revoked.push({ id: config['id'], token, key });
      return Promise.resolve();
    },
  });
  return { handler, revoked };
}

/** Passes the gate, or ends when its signal fires. */
export function obedient(gate: Gate) {
  return defineHandler({
    ...shared,
    name: 'obedient',
    run: async (_config, { signal, progress }) => {
      progress(0.5);
      const aborted = new Promise<never>((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
      await Promise.race([gate.pass(), aborted]);
      return 'done';
    },
  });
}

/** Passes the gate, whatever its signal says. */
export function stubborn(gate: Gate) {
  return defineHandler({
    ...shared,
    name: 'stubborn',
    run: async () => {
      await gate.pass();
      return 'done at last';
    },
  });
}
