import type { CommandRecord } from '@jetsaga/contracts';
import type { PayloadCodec } from '../payload-codec.ts';

export interface CommandRow {
  id: string;
  execution_id: string;
  body: string;
  given_by: string;
  given_ms: number;
}

export function toCommand(row: CommandRow, codec: PayloadCodec): CommandRecord {
  return { id: row.id, executionId: row.execution_id, body: codec.decode(row.body), by: row.given_by, at: row.given_ms };
}
