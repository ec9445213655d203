import { execFile, execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const built = new URL('../../dist/index.js', import.meta.url).href;
const script = `
  import { findNatsServer } from '${built}';
  try { console.log(JSON.stringify(await findNatsServer((line) => console.error(line)))); }
  catch (error) { console.log(JSON.stringify({ code: error.code, message: error.message })); }
`;

type Outcome = { path?: string; version?: string; code?: string; message?: string; log: string };

describe('looking for a NATS server', () => {
  let folder: string;
  let bin: string;
  let mirror: Server;
  let mirrorUrl: string;
  const files = new Map<string, Buffer>();

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'jetsaga-find-'));
    // A PATH on which there is what unpacking takes, and nothing else: no nats-server and no package manager.
    bin = join(folder, 'bin');
    mkdirSync(bin);
    for (const tool of ['tar', 'gzip', 'sh']) {
      const place = ['/usr/bin', '/bin'].map((path) => join(path, tool)).find(existsSync);
      symlinkSync(place as string, join(bin, tool));
    }
    mirror = createServer((request, response) => {
      const file = files.get(request.url ?? '');
      response.writeHead(file ? 200 : 404).end(file);
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => mirror.once('listening', resolve));
    mirrorUrl = `http://127.0.0.1:${(mirror.address() as AddressInfo).port}`;
    publish('/releases');
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true });
    mirror.closeAllConnections();
    await new Promise((resolve) => mirror.close(resolve));
  });

  const fakeServer = (path: string, version: string) => {
    writeFileSync(path, `#!/bin/sh\necho "nats-server: v${version}"\n`);
    chmodSync(path, 0o755);
    return path;
  };

  /** A release as the project publishes it, with a script as its server. */
  function publish(base: string): void {
    const architecture = process.arch === 'x64' ? 'amd64' : process.arch;
    const name = `nats-server-v2.15.1-${process.platform}-${architecture}`;
    mkdirSync(join(folder, name));
    fakeServer(join(folder, name, 'nats-server'), '2.15.1');
    execFileSync('tar', ['-czf', join(folder, 'release.tar.gz'), '-C', folder, name]);
    const archive = readFileSync(join(folder, 'release.tar.gz'));
    const sum = createHash('sha256').update(archive).digest('hex');
    files.set(`${base}/v2.15.1/${name}.tar.gz`, archive);
    files.set(`${base}/v2.15.1/SHA256SUMS`, Buffer.from(`${'0'.repeat(64)}  another.zip\n${sum}  ${name}.tar.gz\n`));
    files.set(`/forged/v2.15.1/${name}.tar.gz`, Buffer.concat([archive, Buffer.from('x')]));
    files.set('/forged/v2.15.1/SHA256SUMS', Buffer.from(`${sum}  ${name}.tar.gz\n`));
  }

  function look(env: NodeJS.ProcessEnv): Promise<Outcome> {
    return new Promise((resolve, reject) => {
      const options = { env: { PATH: bin, HOME: folder, TMPDIR: folder, ...env } };
      execFile(process.execPath, ['--input-type=module', '-e', script], options, (error, stdout, stderr) => {
        if (error) reject(error);
        else resolve({ ...(JSON.parse(stdout) as Outcome), log: stderr });
      });
    });
  }

  const cacheOf = (name: string) => join(folder, `cache-${name}`);

  it('takes the one that is named, and no other when that is unusable', async () => {
    const named = fakeServer(join(folder, 'mine'), '2.12.3');
    expect(await look({ NATS_SERVER_BIN: named })).toMatchObject({ path: named, version: '2.12.3' });
    expect(await look({ NATS_SERVER_BIN: '/does/not/exist' })).toMatchObject({ code: 'NATS_SERVER_BIN_INVALID' });
  });

  it('takes one on PATH, unless it is too old', async () => {
    const [good, old] = ['good', 'old'].map((name) => join(folder, name));
    mkdirSync(good as string);
    mkdirSync(old as string);
    const path = fakeServer(join(good as string, 'nats-server'), '2.9.10');
    fakeServer(join(old as string, 'nats-server'), '2.8.4');
    expect(await look({ PATH: `${old}:${good}:${bin}` })).toMatchObject({ path, version: '2.9.10' });
  });

  it('fetches the release from a mirror, checks it, and keeps it', async () => {
    const env = { JETSAGA_CACHE: cacheOf('a'), NATS_RELEASE_MIRRORS: `${mirrorUrl}/missing, ${mirrorUrl}/releases/` };
    const path = join(cacheOf('a'), 'nats-server/2.15.1/nats-server');
    const first = await look(env);
    expect(first).toMatchObject({ path, version: '2.15.1' });
    expect(first.log).toContain('fetching NATS server 2.15.1 from 127.0.0.1');
    const second = await look({ ...env, NATS_RELEASE_MIRRORS: `${mirrorUrl}/missing` });
    expect(second).toEqual({ path, version: '2.15.1', log: '' });
  });

  it('refuses a forged release, and says all that was tried and what helps', async () => {
    const env = { JETSAGA_CACHE: cacheOf('b'), NATS_RELEASE_MIRRORS: `${mirrorUrl}/forged,${mirrorUrl}/missing` };
    const { code, message } = await look(env);
    expect(code).toBe('NATS_SERVER_NOT_FOUND');
    for (const part of [
      'PATH',
      cacheOf('b'),
      'does not match its checksum',
      'answered 404',
      'package manager',
      'NATS_SERVER_BIN',
      'NATS_URL',
    ]) {
      expect(message).toContain(part);
    }
    expect(existsSync(join(cacheOf('b'), 'nats-server'))).toBe(false);
  });
});
