import type { StoredDefinition } from '@jetsaga/contracts';
import type { PayloadCodec } from '../payload-codec.ts';
import { ms } from './milliseconds.ts';

/** Of `saga.definition_versions v` joined with `saga.definitions d`. */
export const definitionColumns = `v.key, v.version, d.name, v.source, v.format, v.document, v.hash, v.handlers, ${ms('v.created_at')} AS created_ms, v.created_by`;

export interface DefinitionRow {
  key: string;
  version: number;
  name: string;
  source: string;
  format: StoredDefinition['format'];
  document: string;
  hash: string;
  handlers: StoredDefinition['handlers'];
  created_ms: number;
  created_by: string;
}

export function toStoredDefinition(row: DefinitionRow, codec: PayloadCodec): StoredDefinition {
  const { key, version, name, source, format, document, hash, handlers, created_ms, created_by } = row;
  return {
    key,
    version,
    name,
    source,
    format,
    document: codec.decode(document),
    hash,
    handlers,
    createdAt: created_ms,
    createdBy: created_by,
  };
}
