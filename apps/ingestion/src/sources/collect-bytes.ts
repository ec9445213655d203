import { TerminalError } from '@jetsaga/worker';

/** The whole stream, or DOCUMENT_TOO_LARGE as soon as it is longer. */
export async function collectBytes(chunks: AsyncIterable<Uint8Array>, maxBytes: number): Promise<Uint8Array> {
  const collected: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    size += chunk.byteLength;
    if (size > maxBytes) throw documentTooLarge(maxBytes);
    collected.push(chunk);
  }
  return Buffer.concat(collected);
}

export function documentTooLarge(maxBytes: number): TerminalError {
  return new TerminalError('DOCUMENT_TOO_LARGE', `the document is larger than the ${maxBytes} bytes allowed (maxBytes)`);
}
