import { describe, expect, it } from '@jest/globals';
import { workflow } from '@jetsaga/client';
import { defineHandler, Deferred, Outcome, RetryableError, TerminalError } from '@jetsaga/worker';
import { z } from 'zod';
import { later, takes } from './stub.ts';
import { testWorkflow } from './test-workflow.ts';

const approval = workflow('Approval', { output: { paid: '{{ default(pay.output.receipt, null) }}' } })
  .node('start', 'input')
  .node('ask', 'ask_manager', { dependencies: ['start'], config: { amount: '{{ input.amount }}' }, deadline: '3d' })
  .node('pay', 'pay', {
    dependencies: [{ node: 'ask', on: 'approved' }],
    config: { amount: '{{ input.amount }}', by: '{{ ask.output.by }}' },
    retry: { retries: 2, initialDelay: '1h', factor: 2, maxDelay: '1d' },
  })
  .node('tell', 'emit_event', {
    dependencies: ['pay'],
    config: { type: 'expenses.paid', data: { receipt: '{{ pay.output.receipt }}' } },
  });

const pay = () => ({ receipt: 'r1' });

describe('a workflow under test', () => {
  it('tells how it ended, what was done and in which order', async () => {
    const run = await testWorkflow(approval, {
      input: { amount: 5 },
      handlers: { ask_manager: () => new Outcome({ by: 'ann' }, 'approved'), pay },
    });
    expect(run).toMatchObject({ status: 'COMPLETED', output: { paid: 'r1' }, error: undefined, durationMs: 0 });
    expect(run.taken).toEqual(['start', 'ask', 'pay', 'tell']);
    expect(run.step('ask')).toMatchObject({ status: 'COMPLETED', branch: 'approved', attempt: 1, config: { amount: 5 } });
    expect(run.events).toEqual([
      { id: expect.any(String), type: 'expenses.paid', data: { receipt: 'r1' }, time: '2026-01-01T00:00:00.000Z' },
    ]);
    expect(run.calls).toMatchObject([
      { handler: 'ask_manager', path: 'ask' },
      { handler: 'pay', config: { amount: 5, by: 'ann' } },
    ]);
  });

  it('takes the other branch, and skips what hangs on the first', async () => {
    const run = await testWorkflow(approval, {
      handlers: { ask_manager: () => new Outcome(null, 'rejected') },
      input: { amount: 1 },
    });
    expect(run.taken).toEqual(['start', 'ask']);
    expect(run.steps).toMatchObject({ pay: { status: 'SKIPPED' }, tell: { status: 'SKIPPED' } });
  });

  it('waits for an answer of days in no time', async () => {
    const began = performance.now();
    const run = await testWorkflow(approval, {
      input: { amount: 5 },
      handlers: { ask_manager: () => later('2d', new Outcome({ by: 'ann' }, 'approved')), pay },
    });
    expect(run).toMatchObject({ status: 'COMPLETED', durationMs: 2 * 86_400_000, now: new Date('2026-01-03T00:00:00Z') });
    expect(performance.now() - began).toBeLessThan(1_000);
  });

  it('lets deadlines pass when nobody answers', async () => {
    const handlers = { ask_manager: () => new Deferred('ann is asked'), pay };
    const run = await testWorkflow(approval, { input: { amount: 5 }, handlers, until: '1d' });
    expect(run).toMatchObject({ status: 'RUNNING', waiting: ['ask'], durationMs: 86_400_000 });
    expect(run.step('ask')).toMatchObject({ status: 'WAITING', waitingFor: 'ann is asked' });
    await run.finish();
    expect(run).toMatchObject({
      status: 'FAILED',
      error: { code: 'DEADLINE_EXCEEDED', path: 'ask' },
      durationMs: 3 * 86_400_000,
    });
    expect(run.waiting).toEqual([]);
  });

  it('has deferred steps completed and failed by the test', async () => {
    const handlers = { ask_manager: () => new Deferred('ann is asked'), pay };
    const options = { input: { amount: 5 }, handlers, until: '1h' };
    const one = await testWorkflow(approval, options);
    await one.complete('ask', { by: 'ann' }, { branch: 'approved' });
    expect(one).toMatchObject({ status: 'COMPLETED', durationMs: 3_600_000 });
    const other = await testWorkflow(approval, options);
    await other.fail('ask', { code: 'ON_HOLIDAY', message: 'ann is away' });
    expect(other).toMatchObject({ status: 'FAILED', error: { code: 'ON_HOLIDAY' } });
    await expect(other.complete('ask')).rejects.toMatchObject({ code: 'STEP_NOT_OPEN' });
  });

  it('retries with the delays of the policy, and gives up', async () => {
    const at: string[] = [];
    const run = await testWorkflow(approval, {
      input: { amount: 5 },
      handlers: {
        ask_manager: () => new Outcome({ by: 'ann' }, 'approved'),
        pay: (_config, { now, attempt, idempotencyKey }) => {
          at.push(`${attempt} ${now.toISOString()} ${idempotencyKey}`);
          throw new RetryableError('BANK_AWAY', 'try later', { definite: attempt > 1 });
        },
      },
    });
    expect(at).toEqual([
      '1 2026-01-01T00:00:00.000Z execution:pay:1',
      '2 2026-01-01T01:00:00.000Z execution:pay:1',
      '3 2026-01-01T03:00:00.000Z execution:pay:2',
    ]);
    expect(run).toMatchObject({ status: 'FAILED', error: { code: 'BANK_AWAY', path: 'pay' }, durationMs: 3 * 3_600_000 });
  });

  it('does not retry a terminal error; stubs may be async', async () => {
    const run = await testWorkflow(approval, {
      input: { amount: 5 },
      handlers: {
        ask_manager: async () => {
          await Promise.resolve();
          throw new TerminalError('NO_MANAGER', 'nobody to ask');
        },
      },
    });
    expect(run).toMatchObject({ status: 'FAILED', error: { code: 'NO_MANAGER' } });
    expect(run.calls).toHaveLength(1);
  });

  it('runs into the timeout of a step', async () => {
    const slow = workflow('Slow').node('a', 'work', { timeout: '10s', retry: { retries: 1, initialDelay: '1s' } });
    const run = await testWorkflow(slow, { handlers: { work: (_, { attempt }) => takes(attempt === 1 ? '1m' : '4s', 'done') } });
    expect(run).toMatchObject({ status: 'COMPLETED', output: 'done', durationMs: 15_000 });
    const never = await testWorkflow(slow, { handlers: { work: () => takes('1m') } });
    expect(never).toMatchObject({ status: 'FAILED', error: { code: 'TIMEOUT' }, durationMs: 21_000 });
  });

  it('fires timers in the order of their times', async () => {
    const clocks = workflow('Clocks')
      .node('slow', 'delay', { config: { for: '3d' } })
      .node('fast', 'delay', { config: { for: '2h' } })
      .node('until', 'delay', { config: { until: '2026-01-01T12:00:00Z' } })
      .node('after', 'emit_event', { dependencies: ['fast'], config: { type: 'a.b' } });
    const run = await testWorkflow(clocks);
    expect(run.events).toMatchObject([{ type: 'a.b', time: '2026-01-01T02:00:00.000Z' }]);
    expect(run.steps).toMatchObject({
      slow: { output: { firedAt: '2026-01-04T00:00:00.000Z' } },
      until: { output: { firedAt: '2026-01-01T12:00:00.000Z' } },
    });
    expect(run).toMatchObject({ status: 'COMPLETED', durationMs: 3 * 86_400_000 });
  });

  it('is cancelled at a virtual time, and asks no handler any more', async () => {
    const clocks = workflow('Clocks')
      .node('wait', 'delay', { config: { for: '3d' } })
      .node('work', 'work', { dependencies: ['wait'] });
    const cancelled = await testWorkflow(clocks, { commands: [{ after: '1d', kind: 'cancel', reason: 'enough' }] });
    expect(cancelled).toMatchObject({ status: 'CANCELLED', error: { message: 'enough' }, durationMs: 86_400_000 });
    const run = await testWorkflow(clocks, { until: '2d' });
    await run.cancel();
    expect(run).toMatchObject({ status: 'CANCELLED', durationMs: 2 * 86_400_000, calls: [], ignored: [] });
    await run.cancel();
    expect(run.ignored).toEqual([{ what: 'command', reason: 'execution_terminal' }]);
    const odd = testWorkflow(clocks, { commands: [{ after: '1d', kind: 'explode' as 'cancel' }] });
    await expect(odd).rejects.toMatchObject({ code: 'INVALID_COMMAND', message: expect.stringContaining('cancel') });
  });

  it('takes back what was out when it fails', async () => {
    const two = workflow('Two')
      .node('long', 'long')
      .node('short', 'short')
      .node('later', 'later', { dependencies: ['long'] })
      .node('tidy', 'tidy', { dependencies: ['long', 'short'], join: 'settled' });
    const run = await testWorkflow(two, {
      handlers: {
        long: () => takes('4m', 'in vain'),
        short: () => takes('1m', () => Promise.reject(new TerminalError('BROKEN', 'it broke'))),
        tidy: () => 'tidy',
      },
    });
    expect(run).toMatchObject({ status: 'FAILED', error: { code: 'BROKEN' }, durationMs: 60_000 });
    expect(run.steps).toMatchObject({
      long: { status: 'CANCELLED' },
      later: { status: 'CANCELLED' },
      tidy: { status: 'COMPLETED' },
    });
  });
});

it('shows what was there when a test expects something else, and no more', async () => {
  const run = await testWorkflow(workflow('One').node('a', 'aggregate', { config: 7 }));
  let shown = '';
  try {
    expect(run).toMatchObject({ status: 'FAILED', output: 8 });
  } catch (error) {
    shown = (error as Error).message;
  }
  expect(shown).toContain('"COMPLETED"');
  expect(shown).not.toContain('durationMs');
  expect(shown.split('\n').length).toBeLessThan(15);
});

describe('a test that is wrong', () => {
  it('is told which handler is not stubbed, and by which step', async () => {
    const missing = testWorkflow(approval, {
      input: { amount: 5 },
      handlers: { ask_manager: () => new Outcome({ by: 'x' }, 'approved') },
    });
    await expect(missing).rejects.toMatchObject({
      code: 'HANDLER_NOT_STUBBED',
      message: 'pay asks for the handler pay, which the test does not have: give handlers: { pay: … }; there are ask_manager',
    });
  });

  it('is told every problem of the definition, and of the input', async () => {
    const odd = 'name: Odd\ndag: { nodes: [{ id: a, handler: work, dependencies: [b] }, { id: a, handler: work }] }';
    await expect(testWorkflow(odd)).rejects.toMatchObject({
      code: 'INVALID_DEFINITION',
      message: expect.stringMatching(/UNKNOWN_DEPENDENCY[^]*DUPLICATE_ID/),
    });
    const strict = workflow('Strict', { input: { type: 'object', required: ['n'] } }).node('a', 'input');
    await expect(testWorkflow(strict)).rejects.toMatchObject({ code: 'INVALID_INPUT', message: expect.stringContaining('n') });
    await expect(testWorkflow(strict, { input: { n: 1 }, until: 'soon' })).rejects.toMatchObject({ code: 'INVALID_TIME' });
  });

  it('is told that a step cannot be completed, and which could', async () => {
    const run = await testWorkflow(approval, {
      input: { amount: 5 },
      handlers: { ask_manager: () => new Deferred('x') },
      until: '1d',
    });
    await expect(run.complete('pay')).rejects.toMatchObject({
      code: 'STEP_NOT_OPEN',
      message: 'pay is PENDING and cannot be completed: it could be ask',
    });
    expect(() => run.step('nowhere')).toThrow('there is no step nowhere; there are start, ask, pay, tell');
  });
});

describe('real handlers', () => {
  const double = defineHandler({
    name: 'double',
    queue: 'numbers',
    description: 'Doubles a number.',
    config: z.object({ n: z.number() }),
    output: z.object({ n: z.number() }),
    branches: ['small', 'large'],
    retry: { retries: 0 },
    example: { n: 1 },
    async run({ n }, context) {
      if (n < 0) throw new RetryableError('NEGATIVE', `${context.path} wants more than nothing`);
      await Promise.resolve();
      return new Outcome({ n: n * 2 }, n > 10 ? 'large' : 'small');
    },
  });
  const doubling = workflow('Doubling')
    .node('twice', double, { config: { n: '{{ input.n }}' } })
    .node('large', 'aggregate', { dependencies: [{ node: 'twice', on: 'large' }], config: { big: '{{ twice.output.n }}' } });

  it('run with their schemas, branches and retries', async () => {
    const run = await testWorkflow(doubling, { input: { n: 11 }, handlers: { double } });
    expect(run).toMatchObject({ status: 'COMPLETED', output: { big: 22 } });
    expect((await testWorkflow(doubling, { input: { n: 1 }, handlers: { double } })).step('large').status).toBe('SKIPPED');
    expect(await testWorkflow(doubling, { input: { n: -1 }, handlers: { double } })).toMatchObject({
      error: { code: 'NEGATIVE', message: 'twice wants more than nothing' },
      durationMs: 0,
    });
    expect(await testWorkflow(doubling, { input: { n: 'x' }, handlers: { double } })).toMatchObject({
      error: { code: 'INVALID_CONFIG' },
    });
  });

  it('are what the definition is checked against', async () => {
    const odd = `name: Odd
dag: { nodes: [{ id: a, handler: double, config: { m: 1 } }, { id: b, handler: double, dependencies: [{ node: a, on: huge }], config: { n: 1 } }] }`;
    await expect(testWorkflow(odd, { handlers: { double } })).rejects.toMatchObject({
      message: expect.stringMatching(/INVALID_CONFIG[^]*UNKNOWN_BRANCH/),
    });
  });
});
