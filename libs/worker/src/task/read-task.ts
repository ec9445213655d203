import { taskSchema, type Json, type Task } from '@jetsaga/contracts';
import { z } from 'zod';

/** What JSON.parse returned is JSON: checking that again, deeply, would cost more than everything else. */
const envelope = taskSchema.extend({ config: z.unknown() });

export type TaskReading = { readonly task: Task; readonly mayHoldReferences: boolean } | { readonly unreadable: string };

export function readTask(text: string): TaskReading {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch (error) {
    return { unreadable: `it is no JSON: ${error instanceof Error ? error.message : String(error)}` };
  }
  const parsed = envelope.safeParse(body);
  if (!parsed.success) return { unreadable: `it is no task of a format this worker knows: ${z.prettifyError(parsed.error)}` };
  const task: Task = { ...parsed.data, config: (parsed.data.config ?? null) as Json };
  return { task, mayHoldReferences: text.includes('"$ref"') };
}

const messageId = /^([^:]+):(.+):([1-9]\d{0,8}):\d+$/;

/** Whose task it is, as its message id says; for messages whose body cannot be trusted. */
export function taskOfMessageId(id: string | undefined): Pick<Task, 'executionId' | 'path' | 'attempt'> | undefined {
  const match = id === undefined ? null : messageId.exec(id);
  const [, executionId, path, attempt] = match ?? [];
  if (executionId === undefined || path === undefined) return undefined;
  return { executionId, path, attempt: Number(attempt) };
}
