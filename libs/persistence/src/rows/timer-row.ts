import type { TimerRecord } from '@jetsaga/contracts';
import { ms } from './milliseconds.ts';

/** Of `saga.timers t`. */
export const timerColumns = `t.execution_id, t.scope, t.node, t.kind, t.attempt, ${ms('t.due_at')} AS due_ms`;

export interface TimerRow {
  execution_id: string;
  scope: string;
  node: string;
  kind: TimerRecord['kind'];
  attempt: number;
  due_ms: number;
}

export function toTimer(row: TimerRow): TimerRecord {
  const { execution_id, due_ms, ...rest } = row;
  return { ...rest, executionId: execution_id, dueAt: due_ms };
}
