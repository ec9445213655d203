import { Document, HeadingLevel, Packer, Paragraph, Table, TableCell, TableRow } from 'docx';
import { PDFDocument, PDFHexString, PDFName, StandardFonts } from 'pdf-lib';

/** A PDF with one page per text, lines wrapped. */
export async function pdfOf(
  pages: readonly string[],
  options: { title?: string; encrypted?: boolean } = {},
): Promise<Uint8Array> {
  const pdf = await PDFDocument.create();
  const font = await pdf.embedFont(StandardFonts.Helvetica);
  for (const text of pages) {
    const page = pdf.addPage([595, 842]);
    wrapped(text).forEach((line, index) => page.drawText(line, { x: 50, y: 780 - index * 16, size: 11, font }));
  }
  if (options.title !== undefined) pdf.setTitle(options.title);
  if (options.encrypted) {
    // The standard security handler with keys that no empty password opens, which is all a reader sees of a password.
    pdf.context.trailerInfo.Encrypt = pdf.context.obj({
      Filter: PDFName.of('Standard'),
      V: 1,
      R: 2,
      P: -4,
      O: PDFHexString.of('0a'.repeat(32)),
      U: PDFHexString.of('0b'.repeat(32)),
    });
    pdf.context.trailerInfo.ID = pdf.context.obj([PDFHexString.of('0c'.repeat(16)), PDFHexString.of('0c'.repeat(16))]);
  }
  return pdf.save({ useObjectStreams: false });
}

export async function docxOf(title: string, paragraphs: readonly string[], table: readonly string[][] = []): Promise<Uint8Array> {
  const rows = table.map(
    (cells) => new TableRow({ children: cells.map((cell) => new TableCell({ children: [new Paragraph(cell)] })) }),
  );
  const document = new Document({
    title,
    creator: 'The records office',
    sections: [
      {
        children: [
          new Paragraph({ text: title, heading: HeadingLevel.HEADING_1 }),
          ...paragraphs.map((paragraph) => new Paragraph(paragraph)),
          ...(rows.length > 0 ? [new Table({ rows })] : []),
        ],
      },
    ],
  });
  return new Uint8Array(await Packer.toBuffer(document));
}

export function htmlOf(title: string, paragraphs: readonly string[]): string {
  const body = paragraphs.map((paragraph) => `<p>${escaped(paragraph)}</p>`).join('\n');
  return `<!doctype html>\n<html><head><meta charset="utf-8"><title>${escaped(title)}</title><style>p { color: red }</style></head>\n<body><h1>${escaped(title)}</h1>\n${body}\n<script>track("visit")</script></body></html>\n`;
}

export function csvOf(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const cell = (value: string) => (/[",\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value);
  return [header, ...rows].map((row) => row.map(cell).join(',')).join('\n') + '\n';
}

function wrapped(text: string): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/)) {
    if (line.length + word.length > 85) {
      lines.push(line);
      line = '';
    }
    line += line === '' ? word : ` ${word}`;
  }
  return [...lines, line];
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
