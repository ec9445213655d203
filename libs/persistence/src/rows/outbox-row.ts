import type { OutboxBatch } from '@jetsaga/contracts';
import type { PayloadCodec } from '../payload-codec.ts';

export interface OutboxRow {
  id: string;
  created_ms: number;
  tasks: string;
  messages: string;
}

export function toOutboxBatch(row: OutboxRow, codec: PayloadCodec): OutboxBatch {
  return { id: row.id, createdAt: row.created_ms, tasks: JSON.parse(row.tasks), messages: codec.decode(row.messages) };
}
