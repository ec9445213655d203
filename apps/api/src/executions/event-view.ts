import type { CloudEvent, ExecutionRecord, HistoryEntry, Json } from '@jetsaga/contracts';

/** A history entry in the words of lifecycle events: `execution.completed` is `completed`, `step.*` stays. */
export function eventName(entry: HistoryEntry): string {
  return entry.type.startsWith('execution.') ? entry.type.slice('execution.'.length) : entry.type;
}

/** The CloudEvent that stands for a history entry; where there is a lifecycle event for it, the one that LIFECYCLE carries. */
export function cloudEventOf(execution: ExecutionRecord, entry: HistoryEntry): CloudEvent {
  return {
    specversion: '1.0',
    id: `${execution.id}:${entry.seq}`,
    source: `/jetsaga/${execution.workflow}`,
    type: `workflow.${eventName(entry)}`,
    subject: entry.path ?? execution.id,
    time: new Date(entry.at).toISOString(),
    datacontenttype: 'application/json',
    data: {
      executionId: execution.id,
      workflow: execution.workflow,
      version: execution.version,
      seq: entry.seq,
      ...(entry.path !== undefined && { path: entry.path }),
      ...(entry.attempt !== undefined && { attempt: entry.attempt }),
      ...(entry.by !== undefined && { by: entry.by }),
      ...(entry.data !== undefined && { detail: entry.data as Json }),
    },
  };
}

/** Whether an execution ends with this entry. */
export function isEnd(entry: HistoryEntry): boolean {
  switch (entry.type) {
    case 'execution.completed':
    case 'execution.failed':
    case 'execution.cancelled':
    case 'execution.timed_out':
      return true;
    default:
      return false;
  }
}
