import type { Json, SecretSlot } from '@jetsaga/contracts';
import { TerminalError } from '../handler-errors.ts';
import type { SecretProvider } from './secret-provider.ts';

export interface FilledConfig {
  readonly config: Json;
  /** The values that were put in, so that they can be kept out of what is reported. */
  readonly values: readonly string[];
}

/**
 * Puts the secrets into their slots; the configuration itself is changed. Errors, terminal: SECRET_NOT_FOUND;
 * INVALID_CONFIG where a slot's place is not there.
 */
export async function fillSecrets(config: Json, slots: readonly SecretSlot[], provider: SecretProvider): Promise<FilledConfig> {
  const names = new Set(slots.flatMap((slot) => slot.parts).flatMap((part) => (typeof part === 'string' ? [] : [part.secret])));
  const secrets = new Map<string, string>();
  const missing: string[] = [];
  for (const name of names) {
    const value = await provider.get(name);
    if (value === undefined) missing.push(name);
    else secrets.set(name, value);
  }
  if (missing.length > 0) {
    throw new TerminalError(
      'SECRET_NOT_FOUND',
      `the worker knows no secret ${missing.join(', ')}; set ${missing.map((name) => `JETSAGA_SECRET_${name}`).join(', ')} where it runs`,
    );
  }
  let filled = config;
  for (const { pointer, parts } of slots) {
    const text = parts.map((part) => (typeof part === 'string' ? part : (secrets.get(part.secret) ?? ''))).join('');
    filled = replaceAt(filled, pointer, text);
  }
  return { config: filled, values: [...secrets.values()] };
}

function replaceAt(config: Json, pointer: string, value: string): Json {
  if (pointer === '') return value;
  const keys = pointer
    .slice(1)
    .split('/')
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
  const last = keys.pop() ?? '';
  let place: Json | undefined = config;
  for (const key of keys) place = childOf(place, key);
  if (typeof place !== 'object' || place === null || !Object.hasOwn(place, last)) {
    throw new TerminalError('INVALID_CONFIG', `the configuration has no place ${pointer}, where a secret belongs`);
  }
  Object.defineProperty(place, last, { value, enumerable: true, configurable: true, writable: true });
  return config;
}

function childOf(place: Json | undefined, key: string): Json | undefined {
  if (typeof place !== 'object' || place === null || !Object.hasOwn(place, key)) return undefined;
  return Object.getOwnPropertyDescriptor(place, key)?.value as Json;
}
