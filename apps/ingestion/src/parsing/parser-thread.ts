import { parentPort } from 'node:worker_threads';
import { DocumentProblem, reasonOf } from './document-problem.ts';
import { parseDocument } from './parse-document.ts';
import type { ParserAnswer, ParserRequest } from './parser-messages.ts';

/*
 * The body of a parser thread: one file after the other. It imports nothing but this folder and the parsing libraries, and only
 * syntax that can be stripped, so that Node runs it from its source too.
 */
// pdf.js leaves rejections of its own lying about when it repairs a damaged file. What counts is whether parsing settles.
process.on('unhandledRejection', () => undefined);

parentPort?.on('message', (request: ParserRequest) => {
  void answerTo(request).then((answer) => parentPort?.postMessage(answer));
});

// Whoever started this thread waits for a first message, of any kind.
parentPort?.postMessage('ready');

async function answerTo({ bytes, hints }: ParserRequest): Promise<ParserAnswer> {
  try {
    return { ok: true, parsed: await parseDocument(bytes, hints) };
  } catch (error) {
    if (error instanceof DocumentProblem) return { ok: false, code: error.code, message: error.message };
    // A document that is nested deeper than the stack.
    if (error instanceof RangeError)
      return { ok: false, code: 'DOCUMENT_TOO_COMPLEX', message: `the document is too complex: ${reasonOf(error)}` };
    return { ok: false, code: 'UNREADABLE_DOCUMENT', message: `the document cannot be read: ${reasonOf(error)}` };
  }
}
