import { RetryableError, TerminalError } from '@jetsaga/worker';
import { open, realpath } from 'node:fs/promises';
import { isAbsolute, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { collectBytes } from './collect-bytes.ts';

/**
 * A file below the one folder that may be read from (INGESTION_FILE_ROOT), as `file:///absolute/path` or
 * `file:relative/to/the/root`. Links that lead out of it are refused as well.
 */
export async function readFileBelow(root: string | undefined, uri: string, maxBytes: number): Promise<Uint8Array> {
  if (root === undefined)
    throw new TerminalError(
      'NOT_CONFIGURED',
      `files of this machine are not read unless INGESTION_FILE_ROOT names the folder they are in; ${uri} was asked for`,
    );
  const path = await realFile(await realpath(root), uri);
  const file = await open(path, 'r');
  try {
    if (!(await file.stat()).isFile()) throw refused(uri, 'it is no file');
    return await collectBytes(file.createReadStream({ autoClose: false }), maxBytes);
  } finally {
    await file.close();
  }
}

async function realFile(root: string, uri: string): Promise<string> {
  const named = pathOf(root, uri);
  // Before the file system is asked, so that the answer does not tell what exists elsewhere.
  if (!isBelow(root, named)) throw refused(uri, 'it is outside of INGESTION_FILE_ROOT');
  let real: string;
  try {
    real = await realpath(named);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const missing = code === 'ENOENT' || code === 'ENOTDIR';
    if (missing) throw new TerminalError('SOURCE_NOT_FOUND', `there is no file ${uri}`, { cause, details: { uri } });
    throw new RetryableError('SOURCE_UNAVAILABLE', `${uri} cannot be read now`, { cause, details: { uri } });
  }
  if (!isBelow(root, real)) throw refused(uri, 'it is a link that leads out of INGESTION_FILE_ROOT');
  return real;
}

function pathOf(root: string, uri: string): string {
  try {
    if (uri.startsWith('file://')) return resolve(fileURLToPath(uri));
    const path = decodeURIComponent(uri.slice('file:'.length));
    if (path === '' || path.includes('\0')) throw new Error('no path');
    return resolve(root, path);
  } catch (cause) {
    throw new TerminalError('INVALID_URI', `${uri} is no address of a file`, { cause, details: { uri } });
  }
}

function isBelow(root: string, path: string): boolean {
  const way = relative(root, path);
  return way !== '' && way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

function refused(uri: string, reason: string): TerminalError {
  return new TerminalError('SOURCE_REFUSED', `${uri} is not read: ${reason}`, { details: { uri } });
}
