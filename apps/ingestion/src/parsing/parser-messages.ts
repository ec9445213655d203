import type { DetectionHints } from './detect-text-type.ts';
import type { DocumentProblemCode } from './document-problem.ts';
import type { ParsedDocument } from './parsed-document.ts';

export interface ParserRequest {
  readonly bytes: Uint8Array;
  readonly hints: DetectionHints;
}

export type ParserAnswer =
  | { readonly ok: true; readonly parsed: ParsedDocument }
  | { readonly ok: false; readonly code: DocumentProblemCode; readonly message: string };
