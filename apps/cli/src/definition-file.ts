import { readFile } from 'node:fs/promises';
import { CliFailure } from './cli-failure.ts';

export interface DefinitionFile {
  readonly path: string;
  readonly source: string;
  readonly format: 'yaml' | 'json';
}

export async function readDefinitionFile(path: string): Promise<DefinitionFile> {
  try {
    return { path, source: await readFile(path, 'utf8'), format: path.endsWith('.json') ? 'json' : 'yaml' };
  } catch (cause) {
    throw new CliFailure('FILE_UNREADABLE', `cannot read ${path}: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
  }
}

/** A file rather than the key of a definition: keys have no dots and no slashes. */
export function looksLikeFile(text: string): boolean {
  return /[./\\]/.test(text);
}
