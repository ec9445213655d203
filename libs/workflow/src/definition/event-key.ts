import type { EventInterest, EventKey, Json, JsonObject } from '@jetsaga/contracts';
import { definitionHash } from './definition-hash.ts';
import { isObject } from './subschemas.ts';

/** What a `wait_for_event` may come to wait for, as far as its definition tells before anything has run. */
export function eventInterest({ event, match }: JsonObject): EventInterest {
  return {
    pattern: typeof event === 'string' ? fixedPart(event) : '>',
    paths: isObject(match) ? pathsText(Object.keys(match)) : '',
  };
}

/** `orders.{{ input.id }}.paid` → `orders.>`: what a template makes may have any number of levels. */
function fixedPart(pattern: string): string {
  const braces = pattern.indexOf('{{');
  if (braces < 0) return pattern;
  const dot = pattern.lastIndexOf('.', braces);
  return dot < 0 ? '>' : `${pattern.slice(0, dot)}.>`;
}

function pathsText(paths: readonly string[]): string {
  return paths.length === 0 ? '' : JSON.stringify([...paths].sort());
}

/** The key under which a wait with these values is found. */
export function keyOfWait(interest: EventInterest, match: JsonObject): EventKey {
  return { ...interest, hash: hashOf(pathsOf(interest).map((path) => match[path] ?? null)) };
}

/** The key under which waits for an event with this data are found; undefined when the data has nothing at one of the paths. */
export function keyOfEvent(interest: EventInterest, data: Json | undefined): EventKey | undefined {
  const values: Json[] = [];
  for (const path of pathsOf(interest)) {
    const value = valueAt(data, path);
    if (value === undefined) return undefined;
    values.push(value);
  }
  return { ...interest, hash: hashOf(values) };
}

function pathsOf({ paths }: EventInterest): readonly string[] {
  return paths === '' ? [] : (JSON.parse(paths) as string[]);
}

function hashOf(values: readonly Json[]): string {
  return values.length === 0 ? '' : definitionHash([...values]);
}

/** Levels joined by dots; the elements of a list have their numbers. */
function valueAt(data: Json | undefined, path: string): Json | undefined {
  let value = data;
  for (const level of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, level)) return undefined;
    value = (value as JsonObject)[level];
  }
  return value;
}
