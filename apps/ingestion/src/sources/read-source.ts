import { TerminalError } from '@jetsaga/worker';
import { readBlob, type Blobs } from './blob-source.ts';
import { readFileBelow } from './file-source.ts';
import { readHttp } from './http-source.ts';

export interface SourceSettings {
  /** INGESTION_FILE_ROOT: the one folder that `file:` addresses may lead into; none when absent. */
  readonly fileRoot?: string;
  /** EGRESS_ALLOW: hosts that may be asked. */
  readonly egressAllow: readonly string[];
}

/** The bytes behind an address. What is not allowed, not there or too large is terminal; the rest may be tried again. */
export async function readSource(
  { settings, ...blobs }: Blobs & { readonly settings: SourceSettings },
  uri: string,
  options: { readonly maxBytes: number; readonly signal: AbortSignal },
): Promise<Uint8Array> {
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(uri)?.[1]?.toLowerCase();
  switch (scheme) {
    case 'blob':
      return readBlob(blobs, uri, options.maxBytes);
    case 'file':
      return readFileBelow(settings.fileRoot, uri, options.maxBytes);
    case 'http':
    case 'https':
      return readHttp(settings.egressAllow, uri, options);
    case 's3':
      throw new TerminalError('NOT_CONFIGURED', `addresses in S3 cannot be read yet: upload the file, or give a blob: address`, {
        details: { uri },
      });
    default:
      throw new TerminalError('INVALID_URI', `${uri} has no scheme that can be read; use blob:, file: or https:`, {
        details: { uri },
      });
  }
}
