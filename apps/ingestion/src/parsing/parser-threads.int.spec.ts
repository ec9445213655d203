import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { zipSync, strToU8 } from 'fflate';
import { pdfOf } from '../../test/file-builders.ts';
import { ParserThreads } from './parser-threads.ts';

// Servers and threads start here, on machines that have other things to do.
jest.setTimeout(30_000);

const bytes = (text: string) => new Uint8Array(Buffer.from(text));
/** Seconds of work. */
const slow = () => bytes(`<html>${'<p>x <b>y</b></p>'.repeat(400_000)}`);

describe('ParserThreads', () => {
  let threads: ParserThreads;
  afterEach(() => threads.close());

  it('parses several files at a time, more than it has threads', async () => {
    threads = new ParserThreads({ threads: 2 });
    const pdf = await pdfOf(['The page.']);
    const files = [bytes('One.'), pdf, bytes('{"three": 3}'), bytes('Four.'), bytes('Five.')];
    const parsed = await Promise.all(files.map((file) => threads.parse(file, {})));
    expect(parsed.map(({ text }) => text)).toEqual(['One.', 'The page.', 'three: 3', 'Four.', 'Five.']);
  });

  it('tells the problems of a document by their codes, and goes on with the next', async () => {
    threads = new ParserThreads({ threads: 1 });
    await expect(threads.parse(new Uint8Array(), {})).rejects.toMatchObject({ name: 'DocumentProblem', code: 'EMPTY_DOCUMENT' });
    expect(await threads.parse(bytes('Still here.'), {})).toMatchObject({ text: 'Still here.' });
  });

  it('ends what takes too long, and goes on with the next', async () => {
    threads = new ParserThreads({ threads: 1, timeLimitMs: 300 });
    await expect(threads.parse(slow(), {})).rejects.toMatchObject({
      code: 'DOCUMENT_TOO_COMPLEX',
      message: expect.stringMatching(/longer than 0.3 s/),
    });
    expect(await threads.parse(bytes('Still here.'), {})).toMatchObject({ text: 'Still here.' });
  });

  it('ends what takes too much memory, and goes on with the next', async () => {
    threads = new ParserThreads({ threads: 1, heapMb: 24 });
    const rows = `a,b,c\n${'1,2,3\n'.repeat(1_500_000)}`;
    await expect(threads.parse(bytes(rows), {})).rejects.toMatchObject({
      code: 'DOCUMENT_TOO_COMPLEX',
      message: expect.stringMatching(/24 MB/),
    });
    expect(await threads.parse(bytes('Still here.'), {})).toMatchObject({ text: 'Still here.' });
  });

  it('stops when it is told to', async () => {
    threads = new ParserThreads({ threads: 1 });
    const controller = new AbortController();
    const parsing = threads.parse(slow(), {}, controller.signal);
    controller.abort(new Error('cancelled'));
    await expect(parsing).rejects.toThrow('cancelled');
  });

  it('unpacks an archive within bounds', async () => {
    threads = new ParserThreads({ threads: 1 });
    const archive = zipSync({ '[Content_Types].xml': strToU8('<Types/>'), 'word/document.xml': strToU8('<nothing/>') });
    await expect(threads.parse(archive, {})).rejects.toMatchObject({ code: 'UNREADABLE_DOCUMENT' });
  });
});
