import {
  cancelMessageId,
  idempotencyKey,
  stepPath,
  subjects,
  TASK_FORMAT,
  type ExecutionRecord,
  type OutboxMessage,
  type Task,
} from '@jetsaga/contracts';
import type { Effect } from '@jetsaga/workflow';
import type { TaskTokens } from './task-token.ts';

/**
 * The task that tells a service that its deferred step is not wanted any more. It is a message of its own in the outbox, since it belongs to no
 * open step that could have it sent again.
 */
export function cancelMessage(
  execution: ExecutionRecord,
  { step, timeoutMs, secrets }: Extract<Effect, { kind: 'cancel_deferred' }>,
  tokens: TaskTokens,
  at: number,
): OutboxMessage {
  const { handler, attempt, dispatch } = step;
  const path = stepPath(step.scope, step.node);
  const task: Task = {
    v: TASK_FORMAT,
    executionId: execution.id,
    workflow: execution.workflow,
    version: execution.version,
    path,
    attempt,
    dispatch,
    kind: 'cancel',
    handler,
    config: step.config ?? {},
    ...(secrets.length > 0 ? { secrets: [...secrets] } : {}),
    idempotencyKey: idempotencyKey(execution.id, path, step.generation),
    token: tokens.issue({ executionId: execution.id, path, attempt }),
    timeoutMs,
    scheduledAt: at,
  };
  return {
    subject: subjects.task(step.queue ?? '', handler),
    id: cancelMessageId(execution.id, path, attempt),
    body: task as OutboxMessage['body'],
    ...(execution.traceparent === null ? {} : { headers: { traceparent: execution.traceparent } }),
  };
}
