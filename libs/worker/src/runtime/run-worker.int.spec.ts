import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { isClaimCheck, limits, streams, subjects, type ClaimCheck, type Json, type StepResult } from '@jetsaga/contracts';
import { ensureQueueConsumer, ensureTopology } from '@jetsaga/messaging';
import { BlobClaimChecks, openBlobStore } from '@jetsaga/storage';
import { createLogger } from '@jetsaga/telemetry';
import { eventually, startTestNats, type TestServer } from '@jetsaga/testing';
import { z } from 'zod';
import { TestCoordinator } from '../../test/test-coordinator.ts';
import { deferring, echo, failing, Gate, obedient, revocable, strict, stubborn } from '../../test/test-handlers.ts';
import { Deferred, defineHandler, runWorker, TerminalError, type AnyHandler, type Worker, type WorkerOptions } from '../index.ts';

const log = createLogger({ name: 'test', level: 'silent' });

let nats: TestServer;
beforeAll(async () => {
  nats = await startTestNats();
}, 60_000);
afterAll(() => nats.stop());

let coordinator: TestCoordinator;
let workers: Worker[] = [];
beforeEach(async () => {
  coordinator = await TestCoordinator.start(nats.url);
});
afterEach(async () => {
  await Promise.all(workers.map((worker) => worker.stop()));
  workers = [];
  await Promise.all(Object.values(streams).map((stream) => coordinator.manager.streams.delete(stream)));
  await coordinator.close();
});

async function start(handlers: AnyHandler[], options: Partial<WorkerOptions> = {}): Promise<Worker> {
  const worker = await runWorker({ natsUrl: nats.url, handlers, name: 'test', log, shutdownGraceMs: 5_000, ...options });
  workers.push(worker);
  return worker;
}

describe('a task to cancel a deferred step', () => {
  it('reaches the handler that deferred it, and is acknowledged without a report', async () => {
    const { handler, revoked } = revocable();
    await start([handler, deferring]);
    await coordinator.send([
      coordinator.task({ kind: 'cancel', handler: 'revocable', config: { id: 7 }, token: 't7', idempotencyKey: 'k' }),
      coordinator.task({ kind: 'cancel', handler: 'deferring' }),
    ]);
    await coordinator.allAcknowledged();
    expect(revoked).toEqual([{ id: 7, token: 't7', key: 'k' }]);
    expect(coordinator.results).toEqual([]);
  });

  it('comes again when the handler throws, and is a dead letter when that is final', async () => {
    const { handler, revoked } = revocable([new Error('not now')]);
    await start([handler]);
    await coordinator.send([coordinator.task({ kind: 'cancel', handler: 'revocable', config: { id: 1 } })]);
    await coordinator.allAcknowledged(10_000);
    expect(revoked).toMatchObject([{ id: 1 }]);

    const hopeless = revocable([new TerminalError('NO_SUCH_APPROVAL', 'there is none')]);
    await start([hopeless.handler], { name: 'other' });
    await workers.shift()?.stop();
    const task = coordinator.task({ kind: 'cancel', handler: 'revocable' });
    const id = `${task.executionId}:step:1:cancel`;
    await coordinator.sendRaw([{ subject: 'tasks.work.revocable', id, payload: JSON.stringify(task) }]);
    await coordinator.allAcknowledged();
    const letters = await eventually(async () => {
      const found = await coordinator.deadLetters();
      expect(found).toHaveLength(1);
      return found;
    });
    expect(letters).toMatchObject([{ reason: expect.stringContaining('there is none') }]);
    expect(coordinator.results).toEqual([]);
  }, 20_000);

  it('is not needed where the step is cancelled before it is deferred: the worker sees to it', async () => {
    const gate = new Gate();
    const revoked: string[] = [];
    const slow = defineHandler({
      name: 'slow',
      queue: 'work',
      description: 'for tests',
      config: z.object({}),
      output: z.null(),
      example: {},
      run: async () => {
        await gate.pass();
        return new Deferred('an approval');
      },
      cancel: (_config, { path }) => {
        revoked.push(path);
        return Promise.resolve();
      },
    });
    await start([slow]);
    const task = coordinator.task({ handler: 'slow' });
    await coordinator.send([task]);
    await eventually(() => expect(gate.entered).toBe(1));
    const abort = { executionId: task.executionId, path: task.path, attempt: 1, reason: 'cancelled' };
    coordinator.connection.publish(subjects.aborts, JSON.stringify({ v: 1, aborts: [abort] }));
    await coordinator.connection.flush();
    const echoed = coordinator.task({ handler: 'slow' });
    await coordinator.send([echoed]);
    await eventually(() => expect(gate.entered).toBe(2));
    gate.letGo();
    await coordinator.resultOf(task);
    await coordinator.allAcknowledged();
    expect(revoked).toEqual(['step']);
  });
});

describe('a task', () => {
  it('is done, reported with who and when, and acknowledged', async () => {
    const worker = await start([echo]);
    const before = Date.now();
    const result = await coordinator.run({ config: { greeting: 'hello' } });
    expect(result).toMatchObject({
      v: 1,
      path: 'step',
      attempt: 1,
      outcome: 'completed',
      output: { greeting: 'hello' },
      worker: worker.id,
    });
    expect(result.startedAt).toBeGreaterThanOrEqual(before);
    expect(result.finishedAt).toBeGreaterThanOrEqual(result.startedAt);
    await coordinator.allAcknowledged();
  });

  it('may take a branch, be found by an alias, and be an undo', async () => {
    await start([echo]);
    expect(await coordinator.run({ handler: 'say_again', config: { branch: 'left' } })).toMatchObject({ branch: 'left' });
    expect(await coordinator.run({ kind: 'undo', config: { x: 1 } })).toMatchObject({ outcome: 'completed', output: { x: 1 } });
  });

  it('may be deferred, with a word on what it waits for', async () => {
    await start([deferring]);
    expect(await coordinator.run({ handler: 'deferring' })).toMatchObject({ outcome: 'deferred', output: 'an approval' });
    await coordinator.allAcknowledged();
  });

  it.each([
    ['terminal', { code: 'NO_SUCH_CUSTOMER', message: 'there is no such customer', details: { id: 7 }, retryable: false }],
    ['retryable', { code: 'TRY_LATER', message: 'not now', retryable: true, retryAfterMs: 1_500, definite: false }],
    ['string', { code: 'HANDLER_ERROR', message: 'just text', retryable: true }],
    ['otherwise', { code: 'HANDLER_ERROR', message: 'it broke', retryable: true }],
  ])('that throws (%s) is a failure of that kind', async (how, error) => {
    await start([failing]);
    const result = await coordinator.run({ handler: 'failing', config: { how } });
    expect(result.outcome).toBe('failed');
    expect(result.error).toEqual(error);
  });

  it('with a wrong configuration or output fails for good, and says where', async () => {
    await start([strict, echo]);
    const invalid = await coordinator.run({ handler: 'strict', config: { url: 'nowhere', count: -1 } });
    expect(invalid.error).toMatchObject({ code: 'INVALID_CONFIG', retryable: false });
    expect(invalid.error?.details).toMatchObject([{ pointer: '/url' }, { pointer: '/count' }]);
    const output = await coordinator.run({ handler: 'strict', config: { url: 'https://a.b', count: 99 } });
    expect(output.error).toMatchObject({ code: 'INVALID_OUTPUT', retryable: false });
    const branch = await coordinator.run({ config: { branch: 'up' } });
    expect(branch.error).toMatchObject({ code: 'INVALID_OUTPUT', message: expect.stringContaining('up') });
  });

  it('runs in the trace that its message carries', async () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    let seen: string | null = null;
    const look = defineHandler({
      name: 'look',
      queue: 'work',
      description: 'for tests',
      config: z.object({}),
      output: z.null(),
      example: {},
      run: (_config, context) => {
        seen = context.traceparent;
        return Promise.resolve(null);
      },
    });
    await start([look]);
    const task = coordinator.task({ handler: 'look' });
    await coordinator.send([task], { traceparent });
    await coordinator.resultOf(task);
    expect(seen).toContain('0af7651916cd43dd8448eb211c80319c');
  });
});

describe('secrets', () => {
  const slots = [
    { pointer: '/headers/authorization', parts: ['Bearer ', { secret: 'API' }] },
    { pointer: '/a~1b/0', parts: [{ secret: 'OTHER' }] },
  ];
  const config = { headers: { authorization: null }, 'a/b': [null], data: '{{ secrets.API }}' };
  const secrets = { get: (name: string) => Promise.resolve({ API: 'hunter22', OTHER: 'other-secret' }[name]) };

  it('are put in just before the handler runs, and kept out of what it reports', async () => {
    let seen: Json = null;
    const look = { ...echo, run: (given: unknown) => Promise.resolve((seen = structuredClone(given) as Json)) };
    await start([look], { secrets });
    const result = await coordinator.run({ config: structuredClone(config), secrets: slots });
    expect(seen).toEqual({ headers: { authorization: 'Bearer hunter22' }, 'a/b': ['other-secret'], data: '{{ secrets.API }}' });
    expect(result.output).toMatchObject({ headers: { authorization: 'Bearer [redacted]' }, 'a/b': ['[redacted]'] });
  });

  it('that are missing fail the step for good, and say what to set', async () => {
    await start([echo], { secrets: { get: () => Promise.resolve(undefined) } });
    const { error } = await coordinator.run({ config: structuredClone(config), secrets: slots });
    expect(error).toMatchObject({
      code: 'SECRET_NOT_FOUND',
      retryable: false,
      message: expect.stringContaining('JETSAGA_SECRET_API'),
    });
  });
});

describe('large payloads', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'jetsaga-worker-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('travel as claim checks, in and out', async () => {
    const storage = await openBlobStore(`file:${folder}`);
    const checks = new BlobClaimChecks(storage);
    const text = 'x'.repeat(limits.inlineValueBytes);
    const reference = await checks.check(text);
    await start([echo], { storage });
    const inside = await coordinator.run({ config: { document: reference, other: 1 } });
    expect(isClaimCheck(inside.output)).toBe(true);
    expect(await checks.open(inside.output as ClaimCheck, limits.claimCheckBytes)).toEqual({ document: text, other: 1 });
    const whole = await coordinator.run({ config: await checks.check({ branch: 'left', text }) });
    expect(whole.branch).toBe('left');
  });

  it('are passed on unopened to a handler that wants them so', async () => {
    const storage = await openBlobStore(`file:${folder}`);
    const reference = await new BlobClaimChecks(storage).check('x'.repeat(limits.inlineValueBytes));
    await start([{ ...echo, claimChecks: 'pass' }], { storage });
    expect((await coordinator.run({ config: { document: reference } })).output).toEqual({ document: reference });
  });

  it('that are gone, or have no storage to be in, fail the step for good', async () => {
    const gone = { $ref: `blob:${'0'.repeat(32)}`, size: 1, mediaType: 'application/json' };
    const worker = await start([echo], { storage: await openBlobStore(`file:${folder}`) });
    expect((await coordinator.run({ config: { gone } })).error).toMatchObject({ code: 'BLOB_NOT_FOUND', retryable: false });
    await worker.stop();
    const big = defineHandler({
      ...{ name: 'big', queue: 'work', description: 'for tests', config: z.object({}), output: z.string(), example: {} },
      run: () => Promise.resolve('x'.repeat(limits.inlineValueBytes)),
    });
    await start([echo, big]);
    expect((await coordinator.run({ config: { gone } })).error).toMatchObject({ code: 'STORAGE_NOT_CONFIGURED' });
    expect((await coordinator.run({ handler: 'big' })).error).toMatchObject({ code: 'OUTPUT_TOO_LARGE', retryable: false });
  });
});

describe('messages that cannot be handled', () => {
  it('go to the dead letters, and their executions hear of it', async () => {
    await start([echo]);
    await coordinator.sendRaw([
      { subject: subjects.task('work', 'echo'), id: 'ex-1:a/b:3:1', payload: '{"not a task":' },
      { subject: subjects.task('work', 'echo'), id: 'ex-2:c:1:1', payload: '{"v":2}' },
      { subject: subjects.task('work', 'echo'), payload: 'nobody knows whose' },
    ]);
    await coordinator.allAcknowledged();
    const letters = await coordinator.deadLetters();
    expect(letters.map(({ subject }) => subject)).toEqual(Array(3).fill('dead.TASKS.work'));
    expect(letters.map(({ body }) => body).sort()).toEqual(['nobody knows whose', '{"not a task":', '{"v":2}']);
    const told = coordinator.results.map(({ executionId, path, attempt, error }) => [executionId, path, attempt, error?.code]);
    expect(told.sort()).toEqual([
      ['ex-1', 'a/b', 3, 'TASK_POISON'],
      ['ex-2', 'c', 1, 'TASK_POISON'],
    ]);
  });

  it('delivered too often are not even read', async () => {
    const task = coordinator.task();
    await coordinator.send([task]);
    const consumer = await (
      await import('@nats-io/jetstream')
    )
      .jetstream(coordinator.connection)
      .consumers.get(streams.tasks, 'work');
    for (let delivery = 1; delivery <= limits.maxDeliveries; delivery += 1) {
      const message = await consumer.next({ expires: 2_000 });
      expect(message?.info.deliveryCount).toBe(delivery);
      message?.nak();
    }
    await start([echo]);
    expect(await coordinator.resultOf(task)).toMatchObject({
      outcome: 'failed',
      error: { code: 'TASK_POISON', retryable: false },
    });
    await coordinator.allAcknowledged();
    expect(await coordinator.deadLetters()).toMatchObject([{ reason: expect.stringContaining('11 times') }]);
  });

  it('for a handler it does not have are left to another worker', async () => {
    await start([echo]);
    const task = coordinator.task({ handler: 'strict', config: { url: 'https://a.b', count: 2 } });
    await coordinator.send([task]);
    await eventually(async () => {
      const { num_redelivered: redelivered, num_ack_pending: pending } = await coordinator.manager.consumers.info(
        streams.tasks,
        'work',
      );
      expect(redelivered + pending).toBeGreaterThan(0);
    });
    await start([strict]);
    expect(await coordinator.resultOf(task, 15_000)).toMatchObject({ output: { count: 2 } });
  }, 20_000);
});

describe('handing results over', () => {
  it('takes the long way while no coordinator listens, or one cannot store', async () => {
    await start([echo]);
    await coordinator.goAway();
    await coordinator.send([coordinator.task({ config: { n: 1 } })]);
    await coordinator.allAcknowledged();
    expect(await coordinator.storedResults()).toMatchObject([{ outcome: 'completed', output: { n: 1 } }]);
    coordinator.reply = { ok: false, reason: 'no database' };
    coordinator.answer();
    await coordinator.send([coordinator.task({ config: { n: 2 } })]);
    await coordinator.allAcknowledged();
    expect(await coordinator.storedResults()).toMatchObject([{ output: { n: 1 } }, { output: { n: 2 } }]);
    expect(coordinator.results).toEqual([]);
  });

  it('sends lists under load, within what one message may hold', async () => {
    await start([echo], { concurrency: 200 });
    const text = 'x'.repeat(100_000);
    const tasks = [
      ...Array.from({ length: 1_000 }, (_, n) => coordinator.task({ config: { n } })),
      ...Array.from({ length: 30 }, (_, n) => coordinator.task({ config: { n, text } })),
    ];
    await coordinator.send(tasks);
    await coordinator.allAcknowledged(10_000);
    expect(coordinator.results).toHaveLength(tasks.length);
    expect(new Set(coordinator.results.map(({ executionId }) => executionId)).size).toBe(tasks.length);
    expect(coordinator.lists.length).toBeLessThan(tasks.length / 2);
  });
});

describe('time', () => {
  const reported = (executionId: string, outcome: StepResult['outcome']) =>
    eventually(() => {
      const found = coordinator.results.find((result) => result.executionId === executionId && result.outcome === outcome);
      if (!found) throw new Error(`no ${outcome}`);
      return found;
    });

  it('is up: the handler is told, and the failure leaves the outcome open', async () => {
    const gate = new Gate();
    await start([obedient(gate)]);
    const result = await coordinator.run({ handler: 'obedient', timeoutMs: 100 });
    expect(result.error).toEqual({
      code: 'TIMEOUT',
      message: expect.stringContaining('100 ms'),
      retryable: true,
      definite: false,
    });
    await coordinator.allAcknowledged();
    expect(coordinator.results.filter(({ outcome }) => outcome === 'failed')).toHaveLength(1);
  });

  it('is up, yet the work is done in the end: that is reported too', async () => {
    const gate = new Gate();
    await start([stubborn(gate)]);
    const task = coordinator.task({ handler: 'stubborn', timeoutMs: 50 });
    await coordinator.send([task]);
    expect(await reported(task.executionId, 'failed')).toMatchObject({ error: { code: 'TIMEOUT' } });
    gate.letGo();
    expect(await reported(task.executionId, 'completed')).toMatchObject({ output: 'done at last' });
  });

  it('a handler that ignores its signal loses its slot', async () => {
    const gate = new Gate();
    await start([stubborn(gate), echo], { concurrency: 1, times: { giveUpAfterMs: 100 } });
    await coordinator.run({ handler: 'stubborn', timeoutMs: 50 });
    expect(await coordinator.run({ config: { next: true } })).toMatchObject({ outcome: 'completed' });
    gate.letGo();
  });

  it('keeps long tasks alive, tells that they run, and passes their progress on', async () => {
    const gate = new Gate();
    const { manager } = coordinator;
    await manager.consumers.update(streams.tasks, 'work', { ack_wait: 400_000_000 });
    const worker = await start([obedient(gate), echo], { times: { keepAliveEveryMs: 100, announceAfterMs: 100 } });
    const task = coordinator.task({ handler: 'obedient' });
    await coordinator.send([task]);
    await coordinator.run({});
    await reported(task.executionId, 'progress').then((result) => expect(result.progress).toBe(0.5));
    await eventually(() => expect(coordinator.starts).toHaveLength(1));
    expect(coordinator.starts[0]).toMatchObject({ executionId: task.executionId, path: 'step', attempt: 1, worker: worker.id });
    const startedAt = coordinator.starts[0]?.at ?? 0;
    await eventually(() => expect(Date.now() - startedAt).toBeGreaterThan(1_200));
    expect((await manager.consumers.info(streams.tasks, 'work')).num_redelivered).toBe(0);
    expect(gate.entered).toBe(1);
    gate.letGo();
    await coordinator.allAcknowledged();
  });

  it('an abort reaches the handler that does the attempt', async () => {
    const gate = new Gate();
    await start([obedient(gate)]);
    const [one, other] = [coordinator.task({ handler: 'obedient' }), coordinator.task({ handler: 'obedient' })];
    await coordinator.send([one, other]);
    await eventually(() => expect(gate.entered).toBe(2));
    const aborts = [{ executionId: one.executionId, path: 'step', attempt: 1, reason: 'the execution was cancelled' }];
    coordinator.connection.publish(subjects.aborts, JSON.stringify({ v: 1, aborts }));
    coordinator.connection.publish(subjects.aborts, 'not JSON');
    expect((await coordinator.resultOf(one)).error).toEqual({
      code: 'ABORTED',
      message: expect.stringContaining('the execution was cancelled'),
      retryable: false,
      definite: false,
    });
    gate.letGo();
    expect(await coordinator.resultOf(other)).toMatchObject({ outcome: 'completed' });
  });
});

describe('a worker', () => {
  it('announces itself, and that it leaves', async () => {
    const worker = await start([echo, strict], { concurrency: 3 });
    await eventually(() => expect(coordinator.announcements).toHaveLength(1));
    expect(coordinator.announcements[0]).toMatchObject({
      worker: worker.id,
      service: 'test',
      queues: ['work'],
      concurrency: 3,
      leaving: false,
      handlers: [{ name: 'echo', aliases: ['say_again'] }, { name: 'strict' }],
    });
    await worker.stop();
    await eventually(() => expect(coordinator.announcements.at(-1)).toMatchObject({ worker: worker.id, leaving: true }));
  });

  it('runs no more handlers at a time than it may', async () => {
    const gate = new Gate();
    const worker = await start([stubborn(gate)], { concurrency: 3 });
    await coordinator.send(Array.from({ length: 10 }, () => coordinator.task({ handler: 'stubborn' })));
    await eventually(() => expect(gate.entered).toBe(3));
    expect((await coordinator.manager.consumers.info(streams.tasks, 'work')).num_ack_pending).toBe(3);
    expect(worker.running).toBe(3);
    gate.letGo();
    await coordinator.allAcknowledged();
    expect(gate.entered).toBe(10);
  });

  it('does an attempt once, though its task arrives twice', async () => {
    const gate = new Gate();
    await start([stubborn(gate), echo]);
    const task = coordinator.task({ handler: 'stubborn' });
    await coordinator.send([task]);
    await eventually(() => expect(gate.entered).toBe(1));
    await coordinator.send([{ ...task, dispatch: 2 }]);
    // Tasks arrive in order: with this one done, the one before it has been looked at.
    await coordinator.run({});
    gate.letGo();
    await coordinator.allAcknowledged();
    expect(gate.entered).toBe(1);
  });

  it('lets running handlers finish when it is stopped, and takes no more', async () => {
    const gate = new Gate();
    const worker = await start([stubborn(gate)], { concurrency: 1 });
    const [one, two] = [coordinator.task({ handler: 'stubborn' }), coordinator.task({ handler: 'stubborn' })];
    await coordinator.send([one, two]);
    await eventually(() => expect(gate.entered).toBe(1));
    const stopped = worker.stop();
    gate.letGo();
    await stopped;
    expect(coordinator.results).toMatchObject([{ executionId: one.executionId, outcome: 'completed' }]);
    await start([stubborn(gate)]);
    await coordinator.resultOf(two);
  });

  it('hands back what does not finish within the grace time', async () => {
    const gate = new Gate();
    const worker = await start([obedient(gate), stubborn(gate)], { shutdownGraceMs: 100 });
    const tasks = [coordinator.task({ handler: 'obedient' }), coordinator.task({ handler: 'stubborn' })];
    await coordinator.send(tasks);
    await eventually(() => expect(gate.entered).toBe(2));
    await worker.stop();
    expect(coordinator.results.filter(({ outcome }) => outcome !== 'progress')).toEqual([]);
    gate.letGo();
    await start([obedient(gate), stubborn(gate)]);
    await Promise.all(tasks.map((task) => coordinator.resultOf(task)));
  });

  it('refuses two handlers of one name', async () => {
    const twin = { ...strict, description: { ...strict.description, aliases: ['echo'] } };
    await expect(runWorker({ natsUrl: nats.url, handlers: [echo, twin], log })).rejects.toThrow(
      /two handlers claim the name echo/,
    );
  });

  it('waits for its queue, and binds again when every stream was deleted', async () => {
    const { manager } = coordinator;
    await manager.consumers.delete(streams.tasks, 'work');
    await start([echo]);
    await ensureQueueConsumer(manager, 'work');
    expect(await coordinator.run({ config: { n: 1 } })).toMatchObject({ output: { n: 1 } });
    await Promise.all(Object.values(streams).map((stream) => manager.streams.delete(stream)));
    await ensureTopology(manager);
    await ensureQueueConsumer(manager, 'work');
    expect(await coordinator.run({ config: { n: 2 } })).toMatchObject({ output: { n: 2 } });
  }, 15_000);

  it('stops although NATS is away', async () => {
    const worker = await start([echo], { shutdownGraceMs: 200 });
    await nats.kill();
    const began = performance.now();
    await worker.stop();
    expect(performance.now() - began).toBeLessThan(4_000);
    await nats.restart();
    await coordinator.allAcknowledged(15_000);
  }, 20_000);

  it('survives a restart of NATS in the middle of the work', async () => {
    const gate = new Gate();
    // What the server forgot of the deliveries when it was killed comes again after this time.
    await coordinator.manager.consumers.update(streams.tasks, 'work', { ack_wait: 2_000_000_000 });
    await start([stubborn(gate)], { times: { keepAliveEveryMs: 500 } });
    const tasks = Array.from({ length: 5 }, () => coordinator.task({ handler: 'stubborn' }));
    await coordinator.send(tasks);
    await eventually(() => expect(gate.entered).toBe(5));
    await nats.kill();
    gate.letGo();
    await nats.restart();
    await coordinator.allAcknowledged(15_000);
    // By whichever way was open first.
    const results = [...coordinator.results, ...(await coordinator.storedResults())];
    expect(new Set(results.map(({ executionId }) => executionId))).toEqual(new Set(tasks.map(({ executionId }) => executionId)));
    expect(results.every(({ outcome }) => outcome === 'completed')).toBe(true);
  }, 40_000);
});
