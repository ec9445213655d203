import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { eventually, startTestNats, type TestServer } from '@jetsaga/testing';
import { TestCoordinator } from '../../test/test-coordinator.ts';

let nats: TestServer;
let coordinator: TestCoordinator;
beforeAll(async () => {
  nats = await startTestNats();
  coordinator = await TestCoordinator.start(nats.url);
}, 60_000);
afterAll(async () => {
  await coordinator.close();
  await nats.stop();
});

/** A worker as a user writes it, against the built package. */
const script = `
  import { defineHandler, runWorker } from '@jetsaga/worker';
  import { z } from 'zod';
  const slow = defineHandler({
    name: 'slow', queue: 'work', description: 'Takes its time.', config: z.object({}), output: z.string(), example: {},
    run: () => new Promise((done) => setTimeout(done, 600, 'done')),
  });
  await runWorker({ handlers: [slow] });
`;

it('a worker of one’s own finishes its work on SIGTERM, and exits with 0', async () => {
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    cwd: resolve(import.meta.dirname, '../..'),
    env: { PATH: process.env['PATH'], NATS_URL: nats.url },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const exited = once(child, 'exit');
  const task = coordinator.task({ handler: 'slow' });
  await coordinator.send([task]);
  await eventually(() => expect(coordinator.starts).toHaveLength(1), { timeoutMs: 15_000 });
  child.kill('SIGTERM');
  expect(await exited).toEqual([0, null]);
  expect(coordinator.results).toMatchObject([{ executionId: task.executionId, output: 'done' }]);
  expect(coordinator.announcements.at(-1)).toMatchObject({ leaving: true });
}, 30_000);
