import { readFile } from 'node:fs/promises';
import type { Json, JsonObject } from '@jetsaga/contracts';
import { CliFailure } from './cli-failure.ts';

/**
 * Input from `--input-file F` (YAML or JSON) and `--input k=v` on top of it. A value that is JSON is taken as such, anything else as
 * text; dots in the key go down into objects.
 */
export async function readInput(pairs: readonly string[], file: string | undefined): Promise<Json> {
  const base = file === undefined ? {} : await parseFile(file);
  if (pairs.length === 0) return base;
  if (typeof base !== 'object' || base === null || Array.isArray(base)) {
    throw new CliFailure('INVALID_INPUT', `--input needs an object to put its values into, but ${file} holds something else`);
  }
  for (const pair of pairs) setPair(base, pair);
  return base;
}

async function parseFile(path: string): Promise<Json> {
  const { parse } = await import('yaml');
  try {
    return parse(await readFile(path, 'utf8')) as Json;
  } catch (cause) {
    throw new CliFailure('FILE_UNREADABLE', `cannot read ${path}: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
  }
}

function setPair(target: JsonObject, pair: string): void {
  const equals = pair.indexOf('=');
  if (equals < 1) throw new CliFailure('INVALID_INPUT', `--input wants key=value, not ${pair}`);
  const keys = pair.slice(0, equals).split('.');
  const last = keys.pop() ?? '';
  let object = target;
  for (const key of keys) {
    const inner = Object.hasOwn(object, key) ? object[key] : undefined;
    if (typeof inner === 'object' && inner !== null && !Array.isArray(inner)) {
      object = inner;
    } else {
      const made: JsonObject = {};
      define(object, key, made);
      object = made;
    }
  }
  define(object, last, parseValue(pair.slice(equals + 1)));
}

function define(object: JsonObject, key: string, value: Json): void {
  Object.defineProperty(object, key, { value, enumerable: true, writable: true, configurable: true });
}

function parseValue(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}
