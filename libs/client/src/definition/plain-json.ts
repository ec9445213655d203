import type { Json, JsonObject } from '@jetsaga/contracts';

/** What was given is not JSON: a definition is data, and would not be the same once it was sent. */
export class NotJson extends Error {
  override readonly name = 'NotJson';
  readonly code = 'NOT_JSON';
  /** JSON pointer into what was given. */
  readonly pointer: string;

  constructor(pointer: string, what: string) {
    super(`${pointer || 'the value'} is ${what}, which JSON cannot hold: give texts, numbers, lists and plain objects`);
    this.pointer = pointer;
  }
}

/** A deep copy as JSON has it, without the fields that are undefined. Errors: NOT_JSON. */
export function plainJson(value: unknown, pointer = ''): Json {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'number':
      if (!Number.isFinite(value)) throw new NotJson(pointer, String(value));
      return value;
    case 'object':
      if (value === null) return null;
      if (Array.isArray(value)) return value.map((each, index) => plainJson(each, `${pointer}/${index}`));
      return plainObject(value, pointer);
    case 'undefined':
    case 'function':
    case 'symbol':
    case 'bigint':
      throw new NotJson(pointer, typeof value === 'undefined' ? 'undefined' : `a ${typeof value}`);
  }
}

export function plainObject(value: object, pointer = ''): JsonObject {
  const prototype: unknown = Object.getPrototypeOf(value);
  const isPlain = prototype === null || prototype === Object.prototype || Object.getPrototypeOf(prototype) === null;
  if (!isPlain) throw new NotJson(pointer, `a ${value.constructor.name}`);
  const fields = Object.entries(value).filter(([, each]) => each !== undefined);
  return Object.fromEntries(
    fields.map(([name, each]) => [name, plainJson(each, `${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`)]),
  );
}
