import { stepPath, stepStatuses } from '@jetsaga/contracts';
import { z } from 'zod';
import { anyJson } from '../http/any-json.ts';
import type { ListedStep } from './execution-steps.ts';
import { errorView } from './error-view.ts';
import { isoTime } from '../http/time.ts';
import { attemptView, type AttemptView } from './attempts.ts';

export const stepView = z.object({
  path: z.string(),
  node: z.string(),
  handler: z.string(),
  status: z.enum(stepStatuses),
  attempt: z.number().int(),
  branch: z.string().optional(),
  config: anyJson.optional(),
  output: anyJson.optional(),
  error: errorView.optional(),
  queuedAt: z.iso.datetime().optional(),
  startedAt: z.iso.datetime().optional(),
  finishedAt: z.iso.datetime().optional(),
  worker: z.string().optional(),
  waitingFor: z.string().optional(),
  undo: z
    .object({
      unknown: z.boolean(),
      awaited: z.boolean(),
      reused: z.boolean(),
      waived: z.object({ by: z.string(), reason: z.string() }),
    })
    .partial()
    .optional()
    .describe(
      'Of compensation: an outcome that nobody knows or that is waited for, an undo that somebody waived, an output reused by a rerun.',
    ),
  attempts: z.array(attemptView).optional().describe('Only where one step is asked for by its path.'),
});
export type StepView = z.infer<typeof stepView>;

export function viewStep(record: ListedStep, attempts?: AttemptView[]): StepView {
  return {
    path: stepPath(record.scope, record.node),
    node: record.node,
    handler: record.handler,
    status: record.status,
    attempt: record.attempt,
    branch: record.branch ?? undefined,
    config: record.config,
    output: record.output,
    error: record.error,
    queuedAt: isoTime(record.queuedAt),
    startedAt: isoTime(record.startedAt),
    finishedAt: isoTime(record.finishedAt),
    worker: record.worker ?? undefined,
    waitingFor: record.waitingFor ?? undefined,
    undo: viewUndo(record),
    attempts,
  };
}

function viewUndo({ undo }: ListedStep): StepView['undo'] {
  const { after: _, ...told } = undo ?? {};
  return Object.keys(told).length > 0 ? told : undefined;
}
