/** Why a document cannot be ingested. None of them is mended by trying again. */
export const documentProblemCodes = [
  'EMPTY_DOCUMENT',
  'NO_TEXT',
  'UNREADABLE_DOCUMENT',
  'ENCRYPTED_DOCUMENT',
  'DOCUMENT_TOO_LARGE',
  'DOCUMENT_TOO_COMPLEX',
  'UNSUPPORTED_MEDIA_TYPE',
] as const;
export type DocumentProblemCode = (typeof documentProblemCodes)[number];

/** A fault of the document, as opposed to one of this process. It crosses threads as `{ code, message }`. */
export class DocumentProblem extends Error {
  override readonly name = 'DocumentProblem';
  readonly code: DocumentProblemCode;

  constructor(code: DocumentProblemCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** The message of whatever a parsing library threw, on one line and of bounded length. */
export function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/\s+/g, ' ').trim().slice(0, 300);
}

export function unsupported(mediaType: string, what: string): DocumentProblem {
  return new DocumentProblem(
    'UNSUPPORTED_MEDIA_TYPE',
    `the file is ${mediaType} (${what}), which cannot be read; supported are txt, md, html, csv, json, pdf and docx`,
  );
}
