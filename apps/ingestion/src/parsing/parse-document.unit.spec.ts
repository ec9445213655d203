import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zipSync, strToU8 } from 'fflate';
import { PDFDocument } from 'pdf-lib';
import { csvOf, docxOf, htmlOf, pdfOf } from '../../test/file-builders.ts';
import { writeSampleFiles, type SampleFile } from '../../test/sample-files.ts';
import { docx } from './media-types.ts';
import { parseDocument } from './parse-document.ts';
import { parsingLimits } from './parsed-document.ts';

const bytes = (text: string, encoding: BufferEncoding = 'utf8') => new Uint8Array(Buffer.from(text, encoding));
const parse = (content: Uint8Array | string, name?: string, mediaType?: string) =>
  parseDocument(typeof content === 'string' ? bytes(content) : content, { name, mediaType });
const collapsed = (text: string) => text.replace(/\s+/g, ' ');

describe('the formats', () => {
  it('reads plain text as it stands, with Unix line ends', async () => {
    const parsed = await parse('Tide tables\r\n\r\nHigh water at six.\r\n', 'tides.txt');
    expect(parsed).toMatchObject({ mediaType: 'text/plain', title: 'Tide tables', text: 'Tide tables\n\nHigh water at six.\n' });
    expect(parsed.pages).toEqual([{ number: 1, start: 0, end: parsed.text.length }]);
  });

  it('reads Markdown, without its front matter and blind to headings in code', async () => {
    const source = '---\ntags: [a]\n---\n```sh\n# no heading\n```\n# The *real* one\n\nText.\n';
    expect(await parse(source, 'notes.md')).toMatchObject({ mediaType: 'text/markdown', title: 'The *real* one' });
    expect((await parse('---\ntitle: "Named"\n---\nText.\n', 'notes.md')).title).toBe('Named');
  });

  it('reads what a visitor sees of HTML', async () => {
    const parsed = await parse(htmlOf('Fish & chips', ['Open <daily>.', 'Closed on Mondays.']), 'shop.html');
    expect(parsed).toMatchObject({ mediaType: 'text/html', title: 'Fish & chips' });
    expect(parsed.text).toContain('Open <daily>.');
    expect(parsed.text).not.toMatch(/track|color: red/);
  });

  it.each([',', ';', '\t'])('reads CSV with the delimiter %j, naming every cell', async (delimiter) => {
    const rows = [
      ['product', 'price', 'stock'],
      ['Kettle', '35', '4'],
      ['Pan', '', '0'],
    ].map((row) => row.join(delimiter));
    const parsed = await parse(rows.join('\r\n'), 'stock.csv');
    expect(parsed).toMatchObject({ mediaType: 'text/csv', metadata: { rows: 2, columns: 3 } });
    expect(parsed.text).toBe('product: Kettle; price: 35; stock: 4\nproduct: Pan; stock: 0');
  });

  it('keeps line breaks and delimiters inside quotes together', async () => {
    const parsed = await parse(
      csvOf(
        ['name', 'note', 'state'],
        [
          ['A', 'first, \n"second"', 'ok'],
          ['B', '', 'ok'],
        ],
      ),
      'x.csv',
    );
    expect(parsed.text).toContain('note: first, \n"second"; state: ok');
  });

  it('reads JSON as its leaves with their paths', async () => {
    const parsed = await parse('{"title":"Order 7","lines":[{"item":"cup","count":2}],"note":null}', 'order.json');
    expect(parsed).toMatchObject({
      mediaType: 'application/json',
      title: 'Order 7',
      text: 'title: Order 7\nlines[0].item: cup\nlines[0].count: 2',
    });
    expect(await parse('{"a":1}\n{"a":2}\n', 'x.jsonl')).toMatchObject({
      mediaType: 'application/x-ndjson',
      text: 'a: 1\n\na: 2',
    });
  });

  it('reads PDF page by page, with offsets', async () => {
    const parsed = await parse(await pdfOf(['The first page.', '', 'The third page.'], { title: 'Three pages' }), 'a.pdf');
    expect(parsed).toMatchObject({ mediaType: 'application/pdf', title: 'Three pages' });
    expect(parsed.pages.map(({ number, start, end }) => [number, parsed.text.slice(start, end)])).toEqual([
      [1, 'The first page.'],
      [2, ''],
      [3, 'The third page.'],
    ]);
  });

  it('reads Word documents with their tables and properties', async () => {
    const parsed = await parse(await docxOf('Staff handbook', ['Leave is 28 days.'], [['Grade', 'Seven']]), 'handbook.docx');
    expect(parsed).toMatchObject({ mediaType: docx, title: 'Staff handbook', metadata: { author: 'The records office' } });
    expect(parsed.text).toMatch(/Staff handbook\s+Leave is 28 days\.\s+Grade\s+Seven/);
  });
});

describe('encodings', () => {
  const text = 'Größe, naïve, façade, señor – “ça va”: das Öl fließt über die Straße in die Flüsse. ';
  it.each([
    ['UTF-8 with a mark', Buffer.from(`\uFEFF${text}`)],
    ['UTF-16 LE with a mark', Buffer.from(`\uFEFF${text}`, 'utf16le')],
    ['UTF-16 BE with a mark', Buffer.from(`\uFEFF${text}`, 'utf16le').swap16()],
    ['UTF-16 LE without a mark', Buffer.from(text, 'utf16le')],
  ])('reads %s', async (_name, content) => {
    expect((await parse(new Uint8Array(content), 'a.txt')).text).toBe(text);
  });

  it('guesses Western European, and believes an HTML page about itself', async () => {
    const western = 'Größe und Öl: die Straße führt über die Flüsse, und das Café ist geöffnet. '.repeat(5);
    expect((await parse(bytes(western, 'latin1'), 'a.txt')).text).toBe(western);
    // 0xC0–0xFF are Cyrillic in windows-1251.
    const page = Buffer.concat([
      Buffer.from('<html><meta charset="windows-1251"><p>'),
      Buffer.from([0xcf, 0xf0, 0xe8, 0xe2, 0xe5, 0xf2]),
    ]);
    expect((await parse(new Uint8Array(page), 'a.html')).text).toBe('Привет');
  });

  it('lets nothing through that Postgres cannot store', async () => {
    expect((await parse(`${'plain words '.repeat(20)}\0end`, 'a.txt')).text).toMatch(/words end$/);
    expect((await parse('{"a":"x\\u0000y\\ud800z"}', 'a.json')).text).toBe('a: xy\uFFFDz');
  });
});

describe('what a file is, whatever it is called', () => {
  it('parses a PDF named .txt as a PDF, and says so', async () => {
    const parsed = await parse(await pdfOf(['Inside.']), 'letter.txt', 'text/plain');
    expect(parsed).toMatchObject({
      mediaType: 'application/pdf',
      text: 'Inside.',
      metadata: { extension: 'txt', wrongExtension: true },
    });
  });

  it.each([
    ['HTML named .pdf', '<!DOCTYPE html><p>Hello there</p>', 'a.pdf', 'text/html'],
    ['JSON named .csv', '{"hello": "there"}', 'a.csv', 'application/json'],
    ['prose named .docx', 'Once upon a time, there was a tale.', 'a.docx', 'text/plain'],
    ['prose that begins like an image', 'BMW announced a new model, and GIF89a is a format.', 'a.pdf', 'text/plain'],
    ['a note in brackets named .json', '[sic] is Latin for thus.', 'a.txt', 'text/plain'],
  ])('takes %s for what it is', async (_name, content, name, mediaType) => {
    expect((await parse(content, name)).mediaType).toBe(mediaType);
  });

  it('has no complaint about Markdown in a .txt', async () => {
    const parsed = await parse('# Title\n\n- one\n- **two**\n', 'README.txt');
    expect(parsed).toMatchObject({ mediaType: 'text/markdown' });
    expect(parsed.metadata).not.toHaveProperty('wrongExtension');
  });
});

describe('what cannot be read is a problem with a code', () => {
  const random = (length: number) => {
    let seed = 7;
    return Uint8Array.from({ length }, () => (seed = (seed * 1_103_515_245 + 12_345) & 0x7fffffff) >> 16);
  };
  const ooxml = (folder: string) => zipSync({ '[Content_Types].xml': strToU8('<Types/>'), [`${folder}/x.xml`]: strToU8('<x/>') });

  it.each([
    ['an empty file', new Uint8Array(), 'EMPTY_DOCUMENT'],
    ['white space', bytes(' \n\t '), 'EMPTY_DOCUMENT'],
    ['white space after a mark', bytes('\uFEFF \n'), 'EMPTY_DOCUMENT'],
    ['a page without words', bytes('<html><body><script>x()</script></body></html>'), 'NO_TEXT'],
    ['binary garbage', random(5_000), 'UNREADABLE_DOCUMENT'],
    ['half an archive', new Uint8Array([0x50, 0x4b, 3, 4, ...random(300)]), 'UNREADABLE_DOCUMENT'],
    ['broken JSON', bytes('{"a": 1,'), 'UNREADABLE_DOCUMENT'],
    [
      'a picture',
      new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52, ...random(200)]),
      'UNSUPPORTED_MEDIA_TYPE',
    ],
    ['a spreadsheet', ooxml('xl'), 'UNSUPPORTED_MEDIA_TYPE'],
    ['slides', ooxml('ppt'), 'UNSUPPORTED_MEDIA_TYPE'],
    ['rich text', bytes('{\\rtf1\\ansi Hello}'), 'UNSUPPORTED_MEDIA_TYPE'],
    ['XML', bytes('<?xml version="1.0"?><note>Hello</note>'), 'UNSUPPORTED_MEDIA_TYPE'],
    [
      'an old Word file',
      new Uint8Array([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1, ...random(600)]),
      'UNSUPPORTED_MEDIA_TYPE',
    ],
    [
      'a protected Word file',
      new Uint8Array([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1, ...Buffer.from('EncryptedPackage', 'utf16le')]),
      'ENCRYPTED_DOCUMENT',
    ],
  ])('%s', async (_name, content, code) => {
    const name = code === 'UNREADABLE_DOCUMENT' && content[0] === 0x7b ? 'a.json' : undefined;
    await expect(parse(content, name)).rejects.toMatchObject({
      name: 'DocumentProblem',
      code,
      message: expect.stringMatching(/\w+ \w+/),
    });
  });

  it('a damaged, an encrypted and a scanned PDF', async () => {
    const whole = await pdfOf(['A page.']);
    await expect(parse(whole.slice(0, 80))).rejects.toMatchObject({ code: 'UNREADABLE_DOCUMENT' });
    await expect(parse(await pdfOf(['A page.'], { encrypted: true }))).rejects.toMatchObject({ code: 'ENCRYPTED_DOCUMENT' });
    const blank = await PDFDocument.create();
    blank.addPage();
    await expect(parse(await blank.save())).rejects.toMatchObject({ code: 'NO_TEXT' });
  });
});

describe('bombs', () => {
  it.each([
    ['declares more than it may', 1_000, parsingLimits.unpackedBytes + 1, 'DOCUMENT_TOO_LARGE'],
    ['holds more than it declares', 5_000_000, 100, 'UNREADABLE_DOCUMENT'],
  ])('an archive that %s', async (_name, size, declared, code) => {
    const archive = zipSync({ '[Content_Types].xml': strToU8('<Types/>'), 'word/document.xml': new Uint8Array(size) });
    const view = new DataView(archive.buffer, archive.byteOffset);
    for (let at = 0; at + 4 < archive.length; at += 1) {
      // The unpacked size, in the local header and in the directory.
      const field = { [0x04034b50]: 22, [0x02014b50]: 24 }[view.getUint32(at, true)];
      if (field !== undefined && view.getUint32(at + field, true) === size) view.setUint32(at + field, declared, true);
    }
    await expect(parse(archive)).rejects.toMatchObject({ code });
  });

  it('entities that would unfold to gigabytes', async () => {
    const entities = Array.from({ length: 9 }, (_, level) => `<!ENTITY l${level + 1} "${`&l${level};`.repeat(10)}">`).join('');
    const xml = `<?xml version="1.0"?><!DOCTYPE d [<!ENTITY l0 "lol">${entities}]><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p><w:r><w:t>&l9;</w:t></w:r></w:p></w:body></w:document>`;
    const bomb = zipSync({
      '[Content_Types].xml': strToU8('<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'),
      '_rels/.rels': strToU8(
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>',
      ),
      'word/document.xml': strToU8(xml),
    });
    const outcome = await parse(bomb).then(
      ({ text }) => text.length,
      (problem: { code: string }) => problem.code,
    );
    expect(typeof outcome === 'string' || outcome < 100).toBe(true);
  });

  it.each([
    ['HTML', `<html>${'<div>'.repeat(50_000)}deep`],
    ['JSON', `${'[['.repeat(2_000)}1${']]'.repeat(2_000)}`],
  ])('%s nested without end', async (_name, content) => {
    await expect(parse(content)).rejects.toMatchObject({ code: 'DOCUMENT_TOO_COMPLEX' });
  });
});

describe('the sample files', () => {
  let folder: string;
  let files: SampleFile[];
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'samples-'));
    files = await writeSampleFiles(folder, 100);
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('are a hundred different ones, each read as what it is or refused with its code', async () => {
    expect(files).toHaveLength(100);
    expect(new Set(files.map((file) => (file.outcome === 'completed' ? file.passage : file.name))).size).toBe(100);
    for (const file of files) {
      const parsed = parseDocument(new Uint8Array(await readFile(file.path)), { name: file.name });
      if (file.outcome === 'failed') {
        await expect(parsed).rejects.toMatchObject({ code: file.code });
        continue;
      }
      const { mediaType, text, pages } = await parsed;
      expect({ name: file.name, mediaType }).toEqual({ name: file.name, mediaType: file.mediaType });
      const page = pages[file.page - 1];
      expect(collapsed(text.slice(page?.start, page?.end))).toContain(file.passage);
    }
  });
});
