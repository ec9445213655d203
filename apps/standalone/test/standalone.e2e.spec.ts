import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { isGone, pidIn, SupervisedHome } from './supervisor.ts';

describe('one home, through everything that may happen to it', () => {
  let home: SupervisedHome;
  beforeAll(async () => {
    home = await SupervisedHome.create();
  });
  afterAll(() => home.remove());

  it('starts, mends what dies, survives its own death, and stops', async () => {
    const first = home.start();
    await first.says('Jetsaga is ready');
    const before = await home.report(home.workerPort);
    expect(before).toMatchObject({ JETSAGA_HOME: home.path, STORAGE_URL: `file:${home.path}/blobs` });
    expect(before.NATS_URL).toMatch(/^nats:\/\/jetsaga:.+@127\.0\.0\.1:\d+$/);

    const second = home.start();
    expect(await second.ended()).toBe(1);
    expect(second.output).toContain(`Process ${first.process.pid} runs on ${home.path} already`);

    process.kill(before.pid, 'SIGKILL');
    const mended = await home.report(home.workerPort, ({ pid }) => pid !== before.pid);
    expect(first.output).toContain('worker ended (SIGKILL)');

    for (const title of ['NATS', 'Postgres']) {
      const pid = pidIn(first.output, title);
      process.kill(pid, 'SIGKILL');
      await first.says(new RegExp(`${title} \\(process ${pid}\\) has ended[^]*${title} [\\d.]+ runs`));
      expect(pidIn(first.output, title)).not.toBe(pid);
    }
    // The apps were left alone, since both servers came back where they were.
    expect(await home.report(home.workerPort)).toEqual(mended);

    const postgres = pidIn(first.output, 'Postgres');
    first.process.kill('SIGKILL');
    await first.ended();
    expect(await home.report(home.workerPort)).toEqual(mended);

    const third = home.start();
    await third.says('Jetsaga is ready');
    expect(third.output).toContain('stopping what an earlier start left running: api, worker');
    expect(third.output).toMatch(new RegExp(`Postgres [\\d.]+ runs already \\(process ${postgres}\\)`));
    const after = await home.report(home.workerPort, ({ pid }) => pid !== mended.pid);
    expect(after).toMatchObject({ NATS_URL: before.NATS_URL, DATABASE_URL: before.DATABASE_URL });

    third.process.kill('SIGTERM');
    expect(await third.ended()).toBe(0);
    for (const pid of [after.pid, postgres, pidIn(third.output, 'NATS')]) await isGone(pid);
  }, 90_000);

  it('stops at once when asked twice, also while an app takes its time', async () => {
    const supervisor = home.start({}, { FAKE_STUBBORN: '1' });
    await supervisor.says('Jetsaga is ready');
    const { pid } = await home.report(home.workerPort);
    supervisor.process.kill('SIGINT');
    await supervisor.says('stopping;');
    // The second half of one press of Ctrl-C, which is not to count, and later another press.
    const asked = performance.now();
    const again = setInterval(() => supervisor.process.kill('SIGINT'), 200);
    expect(await supervisor.ended()).toBe(130);
    clearInterval(again);
    expect(performance.now() - asked).toBeGreaterThan(300);
    for (const gone of [pid, pidIn(supervisor.output, 'Postgres'), pidIn(supervisor.output, 'NATS')]) await isGone(gone);
  }, 60_000);

  it('gives up on an app that cannot start, and says why', async () => {
    const supervisor = home.start({ FAKE_BROKEN: '1' });
    expect(await supervisor.ended()).toBe(1);
    expect(supervisor.output).toContain('this fake is broken');
    expect(supervisor.output).toMatch(/(api|worker) ended 4 times before it was ready/);
    await isGone(pidIn(supervisor.output, 'Postgres'));
  }, 60_000);
});

describe('what keeps it from starting', () => {
  let home: SupervisedHome;
  beforeAll(async () => {
    home = await SupervisedHome.create();
  });
  afterAll(() => home.remove());

  it('is a taken port, and it says by whom and what to do', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    const supervisor = home.start({ PORT: String(port) });
    expect(await supervisor.ended()).toBe(1);
    expect(supervisor.output).toMatch(new RegExp(`PORT ${port} is taken by process ${process.pid} \\(.*jest.*\\)`));
    expect(supervisor.output).toMatch(/PORT=\d+ npx --yes pnpm@[\d.]+ start/);
    server.close();
  }, 30_000);

  it('is a wrong environment, and it lists all of it', async () => {
    const supervisor = home.start({ PORT: 'eighty', NATS_URL: 'http://x', JETSAGA_AUTH: 'off', HOST: '0.0.0.0' });
    expect(await supervisor.ended()).toBe(1);
    for (const name of ['PORT', 'NATS_URL', 'JETSAGA_AUTH']) expect(supervisor.output).toContain(`${name} is "`);
  }, 30_000);
});
