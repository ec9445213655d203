import { fileTypeFromBuffer } from 'file-type';
import { decodeText, type DecodedText } from './decode-text.ts';
import { detectTextType, type DetectionHints, type TextMediaType } from './detect-text-type.ts';
import { DocumentProblem, unsupported } from './document-problem.ts';
import { docx } from './media-types.ts';
import { archiveEntries } from './read-archive.ts';

/** What a file is, with its text where it is a text format. */
export type Detected =
  | { readonly mediaType: TextMediaType; readonly decoded: DecodedText }
  | { readonly mediaType: 'application/pdf' | typeof docx; readonly decoded?: undefined };

/** By content first: names and declarations only choose between text formats that look alike. */
export async function detectMediaType(bytes: Uint8Array, hints: DetectionHints): Promise<Detected> {
  if (bytes.length === 0) throw new DocumentProblem('EMPTY_DOCUMENT', 'the file is empty');
  // PDF allows garbage before its header. Source: ISO 32000-1, annex H, implementation note 13.
  if (Buffer.from(bytes.subarray(0, 1024)).includes('%PDF-')) return { mediaType: 'application/pdf' };
  if (startsWith(bytes, [0x50, 0x4b, 0x03, 0x04])) return detectArchive(bytes);
  if (startsWith(bytes, [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1])) throw compoundFile(bytes);

  const decoded = decodeText(bytes);
  if (decoded) return { mediaType: detectTextType(decoded.text, hints), decoded };
  const binary = await fileTypeFromBuffer(bytes);
  if (binary) throw unsupported(binary.mime, binary.ext);
  throw new DocumentProblem('UNREADABLE_DOCUMENT', 'the file is neither text nor in a known format');
}

function detectArchive(bytes: Uint8Array): Detected {
  const names = archiveEntries(bytes);
  if (names === undefined) throw new DocumentProblem('UNREADABLE_DOCUMENT', 'the ZIP archive (docx?) is damaged or cut off');
  const has = (folder: string) => names.some((name) => name.startsWith(folder));
  if (names.includes('[Content_Types].xml')) {
    if (has('word/')) return { mediaType: docx };
    if (has('xl/')) throw unsupported('application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', 'xlsx');
    if (has('ppt/')) throw unsupported('application/vnd.openxmlformats-officedocument.presentationml.presentation', 'pptx');
  }
  throw unsupported('application/zip', 'an archive');
}

/** Before 2007 this was every Office document; since then it wraps those that are protected by a password. */
function compoundFile(bytes: Uint8Array): DocumentProblem {
  const encrypted = Buffer.from('EncryptedPackage', 'utf16le');
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).includes(encrypted)
    ? new DocumentProblem('ENCRYPTED_DOCUMENT', 'the Office document is protected by a password; remove it and upload again')
    : unsupported('application/x-cfb', 'an Office document from before 2007');
}

function startsWith(bytes: Uint8Array, magic: readonly number[]): boolean {
  return magic.every((byte, at) => bytes[at] === byte);
}
