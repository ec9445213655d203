import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { CliFailure } from './cli-failure.ts';

export interface DefinitionFile {
  readonly path: string;
  readonly source: string;
  readonly format: 'yaml' | 'json';
  /** It is made by a module: lines of `source` are nowhere in the file. */
  readonly isCode: boolean;
}

const moduleName = /\.[mc]?[jt]s$/;

/** Reads YAML or JSON, or runs a module whose default export is a definition written in TypeScript. */

export async function readDefinitionFile(path: string): Promise<DefinitionFile> {
  if (moduleName.test(path)) return { path, source: await definitionOf(path), format: 'json', isCode: true };
  try {
    return { path, source: await readFile(path, 'utf8'), format: path.endsWith('.json') ? 'json' : 'yaml', isCode: false };
  } catch (cause) {
    throw new CliFailure('FILE_UNREADABLE', `cannot read ${path}: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
  }
}

async function definitionOf(path: string): Promise<string> {
  let face: { readonly default?: unknown };
  try {
    face = (await import(pathToFileURL(resolve(path)).href)) as typeof face;
  } catch (cause) {
    throw new CliFailure('FILE_UNREADABLE', `cannot run ${path}: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
  }
  if (typeof face.default !== 'object' || face.default === null) {
    throw new CliFailure('NO_DEFINITION', `${path} has no definition as its default export: export default workflow('Name')…`);
  }
  return JSON.stringify(face.default, null, 2);
}

/** A file rather than the key of a definition: keys have no dots and no slashes. */
export function looksLikeFile(text: string): boolean {
  return /[./\\]/.test(text);
}
