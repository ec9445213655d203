import { stepPath } from '@jetsaga/contracts';
import type { TaskTokens } from '@jetsaga/engine';
import type { WaitingTask } from '@jetsaga/persistence';
import { z } from 'zod';
import { isoTime } from '../http/time.ts';

export const taskView = z.object({
  token: z.string().describe('Completes or fails it.'),
  executionId: z.string(),
  workflow: z.string(),
  path: z.string(),
  handler: z.string(),
  attempt: z.number().int(),
  waitingFor: z.string().optional(),
  worker: z.string().optional(),
  since: z.iso.datetime(),
  heartbeatAt: z.iso.datetime().optional(),
  note: z.string().optional().describe('Of the newest heartbeat that had one.'),
});
export type TaskView = z.infer<typeof taskView>;

export function viewTask(task: WaitingTask, tokens: TaskTokens): TaskView {
  const { executionId, workflow, handler, attempt } = task;
  const path = stepPath(task.scope, task.node);
  return {
    token: tokens.issue({ executionId, path, attempt }),
    executionId,
    workflow,
    path,
    handler,
    attempt,
    waitingFor: task.waitingFor ?? undefined,
    worker: task.worker ?? undefined,
    since: new Date(task.since).toISOString(),
    heartbeatAt: isoTime(task.heartbeatAt),
    note: task.note ?? undefined,
  };
}
