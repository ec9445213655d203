import { executionStatuses, type ExecutionRecord } from '@jetsaga/contracts';
import { z } from 'zod';
import { anyJson } from '../http/any-json.ts';
import { errorView } from './error-view.ts';
import { isoTime } from '../http/time.ts';

export const executionView = z.object({
  id: z.string(),
  workflow: z.string().describe('Key of the definition.'),
  version: z.number().int(),
  status: z.enum(executionStatuses),
  input: anyJson,
  output: anyJson.optional(),
  error: errorView.optional(),
  labels: z.record(z.string(), z.string()),
  priority: z.enum(['high', 'normal', 'low']),
  parent: z.object({ executionId: z.string(), path: z.string() }).optional(),
  startedBy: z.string(),
  createdAt: z.iso.datetime(),
  startedAt: z.iso.datetime().nullable().describe('Null while PENDING.'),
  finishedAt: z.iso.datetime().optional(),
  durationMs: z.number().optional(),
  waitingFor: z.string().optional().describe('What a PENDING execution waits for; told of a single one.'),
});
export type ExecutionView = z.infer<typeof executionView>;

export function viewExecution(record: ExecutionRecord, waitingFor?: string): ExecutionView {
  const { startedAt, finishedAt } = record;
  return {
    id: record.id,
    workflow: record.workflow,
    version: record.version,
    status: record.status,
    input: record.input,
    output: record.output,
    error: record.error,
    labels: { ...record.labels },
    priority: record.priority,
    parent: record.parent ?? undefined,
    startedBy: record.startedBy,
    createdAt: new Date(record.createdAt).toISOString(),
    startedAt: isoTime(startedAt) ?? null,
    finishedAt: isoTime(finishedAt),
    durationMs: startedAt !== null && finishedAt !== null ? finishedAt - startedAt : undefined,
    waitingFor,
  };
}

export const resultView = z.object({
  status: z.enum(executionStatuses),
  output: anyJson.optional(),
  error: errorView.optional(),
});
export type ResultView = z.infer<typeof resultView>;

export function viewResult(record: Pick<ExecutionRecord, 'status' | 'output' | 'error'>): ResultView {
  return { status: record.status, output: record.output, error: record.error };
}
