import { unzipSync, type UnzipFileInfo } from 'fflate';
import { DocumentProblem, reasonOf } from './document-problem.ts';
import { parsingLimits } from './parsed-document.ts';

/** Names of the entries, without unpacking any; undefined when it is no readable ZIP archive. */
export function archiveEntries(bytes: Uint8Array): string[] | undefined {
  const names: string[] = [];
  try {
    unzipSync(bytes, {
      filter: ({ name }) => {
        names.push(name);
        return false;
      },
    });
  } catch {
    return undefined;
  }
  return names;
}

/**
 * Unpacks the wanted entries. An entry is unpacked into a buffer of the size its directory declares, which cannot
 * grow: what declares too much is refused, and what holds more than it declares fails.
 */
export function readArchive(
  bytes: Uint8Array,
  wanted: (name: string) => boolean,
  limits: { readonly unpackedBytes: number; readonly archiveEntries: number } = parsingLimits,
): Map<string, Uint8Array> {
  let entries = 0;
  let unpacked = 0;
  const filter = ({ name, originalSize }: UnzipFileInfo): boolean => {
    entries += 1;
    if (entries > limits.archiveEntries)
      throw new DocumentProblem('DOCUMENT_TOO_COMPLEX', `the archive has more than ${limits.archiveEntries} entries`);
    if (!wanted(name) || name === '__proto__') return false;
    unpacked += originalSize;
    if (unpacked > limits.unpackedBytes)
      throw new DocumentProblem('DOCUMENT_TOO_LARGE', `the archive unpacks to more than ${limits.unpackedBytes} bytes`);
    return true;
  };
  try {
    return new Map(Object.entries(unzipSync(bytes, { filter })));
  } catch (error) {
    if (error instanceof DocumentProblem) throw error;
    throw new DocumentProblem('UNREADABLE_DOCUMENT', `the archive is damaged: ${reasonOf(error)}`, { cause: error });
  }
}
