import type { HandlerFacts, StoredDefinition } from '@jetsaga/contracts';
import type { PayloadCodec } from '../payload-codec.ts';

/** A version joined with its definition (`v` and `d`) as `definitionColumns` selects it. */
export interface DefinitionRow {
  key: string;
  version: number;
  name: string;
  source: string;
  format: 'yaml' | 'json';
  document: string;
  hash: string;
  handlers: Record<string, HandlerFacts>;
  created_at: Date;
  created_by: string;
}

export const definitionColumns =
  'key, v.version, d.name, v.source, v.format, v.document, v.hash, v.handlers, v.created_at, v.created_by';

export function definitionFromRow(row: DefinitionRow, payloads: PayloadCodec): StoredDefinition {
  return {
    key: row.key,
    version: row.version,
    name: row.name,
    source: row.source,
    format: row.format,
    document: payloads.decode(row.document),
    hash: row.hash,
    handlers: row.handlers,
    createdAt: row.created_at.getTime(),
    createdBy: row.created_by,
  };
}
