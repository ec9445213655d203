import type { SignalRecord } from '@jetsaga/contracts';
import type { PayloadCodec } from '../payload-codec.ts';

export interface SignalRow {
  id: string;
  execution_id: string;
  name: string;
  payload: string;
  received_ms: number;
}

export function toSignal(row: SignalRow, codec: PayloadCodec): SignalRecord {
  return {
    id: row.id,
    executionId: row.execution_id,
    name: row.name,
    payload: codec.decode(row.payload),
    receivedAt: row.received_ms,
  };
}
