import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Log } from '../embedded-server.ts';

const run = promisify(execFile);

const version = '2.15.1';
const officialAddress = 'https://github.com/nats-io/nats-server/releases/download';
/** A closed network often swallows packets without a word. */
const answerWithinMs = 5_000;
const silentForMs = 15_000;

/**
 * The release archive, checked against the SHA256SUMS published beside it. `NATS_RELEASE_MIRRORS` (addresses separated
 * by commas, each laid out like the official one: `<mirror>/v<version>/<file>`) is asked instead of the official one.
 */
export async function fetchRelease(folder: string, log: Log): Promise<string> {
  const name = `nats-server-v${version}-${platformName()}`;
  const mirrors = (process.env.NATS_RELEASE_MIRRORS || officialAddress).split(',').map((mirror) => mirror.trim());
  const failures: string[] = [];
  for (const mirror of mirrors.filter(Boolean)) {
    const base = `${mirror.replace(/\/+$/, '')}/v${version}`;
    try {
      log(`fetching NATS server ${version} from ${new URL(base).host}`);
      const sums = (await download(`${base}/SHA256SUMS`)).toString();
      const archive = await download(`${base}/${name}.tar.gz`, progressLog(log));
      checkSum(archive, `${name}.tar.gz`, sums);
      const file = join(folder, 'nats-server.tar.gz');
      await writeFile(file, archive);
      await run('tar', ['-xzf', file, '-C', folder]);
      return join(folder, name, 'nats-server');
    } catch (error) {
      failures.push(`${base}: ${reason(error)}`);
    }
  }
  throw new Error(failures.join('; '));
}

function platformName(): string {
  const architecture = { x64: 'amd64', arm64: 'arm64', arm: 'arm7' }[process.arch as string];
  if (!architecture || !['linux', 'darwin'].includes(process.platform)) {
    throw new Error(`there is none for ${process.platform} on ${process.arch}`);
  }
  return `${process.platform}-${architecture}`;
}

async function download(address: string, onProgress?: (received: number, total: number) => void): Promise<Buffer> {
  const abort = new AbortController();
  let timer = setTimeout(() => abort.abort(new Error(`no answer in ${answerWithinMs / 1_000} s`)), answerWithinMs);
  try {
    const response = await fetch(address, { signal: abort.signal });
    if (!response.ok || !response.body) throw new Error(`answered ${response.status}`);
    const total = Number(response.headers.get('content-length') ?? 0);
    const chunks: Uint8Array[] = [];
    let received = 0;
    for await (const chunk of response.body) {
      clearTimeout(timer);
      timer = setTimeout(() => abort.abort(new Error(`went silent after ${received} bytes`)), silentForMs);
      chunks.push(chunk);
      received += chunk.length;
      onProgress?.(received, total);
    }
    return Buffer.concat(chunks);
  } finally {
    clearTimeout(timer);
  }
}

/** Throws unless the published list holds exactly this digest for the file. */
export function checkSum(content: Buffer, file: string, sums: string): void {
  const published = sums
    .split('\n')
    .map((line) => line.trim().split(/\s+\*?/))
    .find(([, name]) => name === file)?.[0];
  if (!published) throw new Error(`SHA256SUMS does not list ${file}`);
  const actual = createHash('sha256').update(content).digest('hex');
  if (actual !== published.toLowerCase())
    throw new Error(`${file} does not match its checksum: ${actual} instead of ${published}`);
}

function progressLog(log: Log): (received: number, total: number) => void {
  let shown = 0;
  return (received, total) => {
    const step = total > 0 ? Math.floor((received / total) * 4) : Math.floor(received / 4_000_000);
    if (step <= shown) return;
    shown = step;
    log(`  ${(received / 1e6).toFixed(1)}${total > 0 ? ` of ${(total / 1e6).toFixed(1)}` : ''} MB`);
  };
}

/** `fetch` hides what went wrong in the cause. */
function reason(error: unknown): string {
  const cause = (error as Error).cause;
  return cause instanceof Error && cause.message ? cause.message : (error as Error).message;
}
