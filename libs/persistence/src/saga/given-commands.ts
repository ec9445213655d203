import type { CommandRecord } from '@jetsaga/contracts';
import type { QueryConfig } from 'pg';
import type { PayloadCodec } from '../payload-codec.ts';

/** Commands that a transaction gives by itself, durable with it. */
export function insertCommands(rows: readonly CommandRecord[], codec: PayloadCodec): QueryConfig {
  return {
    name: 'insert-commands',
    text: `INSERT INTO saga.commands (id, execution_id, body, given_by, given_at)
      SELECT id, execution_id, body, given_by, to_timestamp(given / 1000.0)
      FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::float8[]) AS r (id, execution_id, body, given_by, given)`,
    values: [
      rows.map((row) => row.id),
      rows.map((row) => row.executionId),
      rows.map((row) => codec.encode(row.body)),
      rows.map((row) => row.by),
      rows.map((row) => row.at),
    ],
  };
}
