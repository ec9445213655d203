import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { csvOf, docxOf, htmlOf, pdfOf } from './file-builders.ts';
import { sampleDocuments, type SampleDocument } from './sample-documents.ts';

export type SampleFile =
  | {
      readonly name: string;
      readonly path: string;
      readonly outcome: 'completed';
      readonly mediaType: string;
      /** Finds `passage`, which is in this file only. */
      readonly question: string;
      readonly passage: string;
      /** 1 where the format has no pages. */
      readonly page: number;
    }
  | { readonly name: string; readonly path: string; readonly outcome: 'failed'; readonly code: string };

interface Written {
  readonly extension: string;
  readonly mediaType: string;
  readonly page?: number;
  content(document: SampleDocument): Promise<Uint8Array> | string;
}

const paragraphs = ({ filler, fact }: SampleDocument) => [filler[0] ?? '', fact, ...filler.slice(1)];

const formats: readonly Written[] = [
  { extension: 'txt', mediaType: 'text/plain', content: (d) => `${d.subject}\n\n${paragraphs(d).join('\n\n')}\n` },
  {
    extension: 'md',
    mediaType: 'text/markdown',
    content: (d) =>
      `# ${d.subject}\n\n${d.filler[0]}\n\n## Details\n\n- ${d.fact}\n\n## Background\n\n${d.filler.slice(1).join('\n\n')}\n`,
  },
  { extension: 'html', mediaType: 'text/html', content: (d) => htmlOf(d.subject, paragraphs(d)) },
  {
    extension: 'csv',
    mediaType: 'text/csv',
    content: (d) =>
      csvOf(['subject', 'kind', 'note'], [...paragraphs(d).map((note, index) => [d.subject, `entry ${index + 1}`, note])]),
  },
  {
    extension: 'json',
    mediaType: 'application/json',
    content: (d) => JSON.stringify({ title: d.subject, background: d.filler, finding: { text: d.fact } }, null, 2),
  },
  {
    extension: 'pdf',
    mediaType: 'application/pdf',
    page: 2,
    content: (d) => pdfOf([`${d.subject}. ${d.filler[0]}`, d.fact, d.filler.slice(1).join(' ')], { title: d.subject }),
  },
  {
    extension: 'docx',
    mediaType: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
    content: (d) => docxOf(d.subject, paragraphs(d), [['Reviewed', 'yes']]),
  },
];

/**
 * Writes `count` real files (at least 10): one damaged PDF and one empty file, which cannot be ingested, one PDF that
 * is called `.txt`, and otherwise good ones of every format in turn. The same files every time, save for dates inside.
 */
export async function writeSampleFiles(folder: string, count: number): Promise<SampleFile[]> {
  if (count < 10) throw new Error('writeSampleFiles writes at least 10 files');
  await mkdir(folder, { recursive: true });
  const files: SampleFile[] = [];
  const documents = sampleDocuments(count - 2);
  for (const [index, document] of documents.entries()) {
    const misnamed = index === documents.length - 1;
    const format = misnamed ? formats.find(({ extension }) => extension === 'pdf')! : formats[index % formats.length]!;
    const stem = document.subject.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
    const name = `${String(index + 1).padStart(3, '0')}-${stem}.${misnamed ? 'txt' : format.extension}`;
    const path = join(folder, name);
    await writeFile(path, await format.content(document));
    files.push({
      name,
      path,
      outcome: 'completed',
      mediaType: format.mediaType,
      question: document.question,
      passage: document.fact,
      page: format.page ?? 1,
    });
  }
  const good = await pdfOf(['This page will never be seen, since half of its file is missing.']);
  const damaged = {
    name: 'damaged.pdf',
    path: join(folder, 'damaged.pdf'),
    outcome: 'failed',
    code: 'UNREADABLE_DOCUMENT',
  } as const;
  await writeFile(damaged.path, Buffer.concat([good.subarray(0, 60), Buffer.alloc(400, 0x5a)]));
  const empty = { name: 'empty.txt', path: join(folder, 'empty.txt'), outcome: 'failed', code: 'EMPTY_DOCUMENT' } as const;
  await writeFile(empty.path, '');
  return [...files, damaged, empty];
}
