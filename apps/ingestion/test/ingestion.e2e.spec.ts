import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Platform } from '@jetsaga/testing';
import { writeSampleFiles, type SampleFile } from './sample-files.ts';

const cli = resolve(import.meta.dirname, '../../cli/dist/main.js');

interface CliRun {
  readonly exitCode: number;
  readonly output: string;
}

describe('a folder with a hundred mixed files, through the CLI', () => {
  let platform: Platform;
  let folder: string;
  let files: SampleFile[];
  let ingested: { file: string; documentId: string; status: string; error?: { code: string } }[];

  async function jetsaga(...words: string[]): Promise<CliRun> {
    const args = [cli, '--server', platform.url, '--json', ...words];
    try {
      const { stdout } = await promisify(execFile)(process.execPath, args, { maxBuffer: 64 * 1024 * 1024 });
      return { exitCode: 0, output: stdout };
    } catch (error) {
      const { code, stdout } = error as { code: number; stdout: string };
      return { exitCode: code, output: stdout };
    }
  }

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'jetsaga-files-'));
    [platform, files] = await Promise.all([
      Platform.start({ apps: ['coordinator', 'api', 'ingestion'] }),
      writeSampleFiles(join(folder, 'files'), 100),
    ]);
    const run = await jetsaga('ingest', join(folder, 'files'));
    expect(run.exitCode).toBe(1);
    ingested = JSON.parse(run.output);
  }, 180_000);

  afterAll(async () => {
    await platform.stop();
    await rm(folder, { recursive: true, force: true });
  }, 60_000);

  it('is ingested to the end; the bad files are FAILED, with reasons', () => {
    const expected = files.map((file) => ({
      file: file.path,
      status: file.outcome === 'completed' ? 'COMPLETED' : 'FAILED',
      code: file.outcome === 'completed' ? undefined : file.code,
    }));
    const seen = ingested.map(({ file, status, error }) => ({ file, status, code: error?.code }));
    expect(seen).toEqual(expected.sort((a, b) => a.file.localeCompare(b.file)));
  });

  it('is searched: the right passage comes first', async () => {
    let first = 0;
    const good = files.filter((file) => file.outcome === 'completed').filter((_, index) => index % 7 === 0);
    for (const { question, passage, name } of good) {
      const { output } = await jetsaga('search', '--limit', '3', question);
      const { items } = JSON.parse(output) as { items: { text: string; document: { name: string } }[] };
      const place = items.findIndex((hit) => hit.text.includes(passage) && hit.document.name === name);
      expect({ question, found: place >= 0 }).toEqual({ question, found: true });
      if (place === 0) first += 1;
    }
    expect(first / good.length).toBeGreaterThan(0.9);
  }, 60_000);

  it('leaves nothing behind: no execution is open, no document is in between, no upload lies about unknown', async () => {
    const open = await jetsaga('list', '--status', 'PENDING,RUNNING,PAUSED,COMPENSATING');
    expect(JSON.parse(open.output).items).toEqual([]);
    const counts: Record<string, number> = {};
    for (let next: string | null = ''; next !== null;) {
      const answer = await fetch(`${platform.url}/v1/documents?limit=50${next ? `&cursor=${encodeURIComponent(next)}` : ''}`);
      const page = (await answer.json()) as { items: { status: string }[]; next: string | null };
      for (const { status } of page.items) counts[status] = (counts[status] ?? 0) + 1;
      next = page.next;
    }
    const failed = files.filter((file) => file.outcome === 'failed').length;
    expect(counts).toEqual({ completed: files.length - failed, failed });
    const queues = (await (await fetch(`${platform.url}/v1/queues`)).json()) as { items: { depth: number }[] };
    expect(queues.items.every((queue) => queue.depth === 0)).toBe(true);
    expect(await readdir(folder)).toEqual(['files']);
  });
});
