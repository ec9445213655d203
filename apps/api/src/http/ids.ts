import { notFound } from './problem.ts';

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
export const uuidPattern = uuid;

/** An execution's id as it is stored. Errors: 404 when no execution can have it. */
export function executionIdOf(id: string): string {
  if (uuid.test(id)) return id.toLowerCase();
  throw notFound(`execution ${id.slice(0, 100)}`);
}

/** Errors: 404 when no definition can have this key. */
export function definitionKeyOf(key: string): string {
  if (/^[a-z0-9-]{1,200}$/.test(key)) return key;
  throw notFound(`definition ${key.slice(0, 100)}`);
}

/** Errors: 404 when it is no version number. */
export function versionOf(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw notFound(`version ${text.slice(0, 100)}`);
}
