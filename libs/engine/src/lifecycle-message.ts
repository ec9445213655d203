import { subjects, type CloudEvent, type LifecycleEvent, type LifecycleNotice, type OutboxMessage } from '@jetsaga/contracts';

const certainEvents: ReadonlySet<LifecycleEvent> = new Set([
  'started',
  'completed',
  'failed',
  'cancelled',
  'timed_out',
  'paused',
  'resumed',
  'compensated',
]);

/** Events of executions go through the outbox; those of steps are published without waiting. */
export function isCertain(notice: LifecycleNotice): boolean {
  return certainEvents.has(notice.event);
}

/** A lifecycle event as the CloudEvent that LIFECYCLE carries. */
export function lifecycleMessage(notice: LifecycleNotice, traceparent: string | null): OutboxMessage {
  const event: CloudEvent = {
    specversion: '1.0',
    id: `${notice.executionId}:${notice.historySeq}`,
    source: `/jetsaga/${notice.workflow}`,
    type: `workflow.${notice.event}`,
    subject: notice.path ?? notice.executionId,
    time: new Date(notice.at).toISOString(),
    datacontenttype: 'application/json',
    data: {
      executionId: notice.executionId,
      workflow: notice.workflow,
      version: notice.version,
      seq: notice.historySeq,
      ...(notice.path === undefined ? {} : { path: notice.path }),
      ...(notice.attempt === undefined ? {} : { attempt: notice.attempt }),
      ...(notice.data === undefined ? {} : { detail: notice.data }),
    },
    ...(traceparent === null ? {} : { traceparent }),
  };
  return {
    subject: subjects.lifecycle(notice.workflow, notice.executionId, notice.event),
    id: `lifecycle:${notice.executionId}:${notice.historySeq}`,
    body: event as OutboxMessage['body'],
    ...(traceparent === null ? {} : { headers: { traceparent } }),
  };
}
