import type { Actor, Json } from '@jetsaga/contracts';
import type { Plan, PlanSchedule } from '@jetsaga/workflow';
import { ExpressionFailure } from '@jetsaga/workflow';
import { startKeyOf } from '../start-key.ts';
import type { StartOutcome } from '../start-order.ts';
import type { Starts } from '../starts.ts';

export interface RunToStart {
  readonly plan: Plan;
  readonly schedule: PlanSchedule;
  readonly dueAt: number;
  readonly by: Actor;
  /** Tells this run from others for the same due time; absent, a due time starts once. */
  readonly nonce?: string;
}

/** What a schedule's expressions see as `event`. */
function scheduleEvent(id: string, dueAt: number): Json {
  const time = new Date(dueAt).toISOString();
  return {
    specversion: '1.0',
    id: `${id}@${time}`,
    source: `/jetsaga/schedules/${id}`,
    type: 'schedule',
    time,
    data: { dueAt: time },
  };
}

/** Starts the execution of one due time; once, however many processes do. Rejects only when the store is unavailable. */
export async function startRun(starts: Starts, { plan, schedule, dueAt, by, nonce }: RunToStart): Promise<StartOutcome> {
  const event = scheduleEvent(schedule.id, dueAt);
  let input: Json;
  try {
    const bindings = { input: null, node: () => undefined, locals: { event }, opened: () => undefined };
    input = schedule.input ? schedule.input.evaluate(bindings) : {};
  } catch (error) {
    if (error instanceof ExpressionFailure) return { kind: 'invalid', problems: [{ pointer: '', message: error.message }] };
    throw error;
  }
  const own = plan.idempotencyKey ? startKeyOf(plan, input, event) : null;
  if (own !== null && typeof own !== 'string') return { kind: 'invalid', problems: [own] };
  const value = `${schedule.id}@${new Date(dueAt).toISOString()}${nonce === undefined ? '' : `#${nonce}`}`;
  return starts.start({
    workflow: plan.key,
    version: plan.version,
    input,
    by,
    key: own === null ? { kind: 'schedule', value } : { kind: 'key', value: own },
  });
}

/** Why a start was refused, in words; undefined when there is an execution. */
export function refusalOf(outcome: StartOutcome): string | undefined {
  switch (outcome.kind) {
    case 'started':
    case 'known':
    case 'conflict':
      return undefined;
    case 'invalid':
      return outcome.problems.map((problem) => `${problem.pointer} ${problem.message}`.trim()).join('; ');
    case 'failed':
      return outcome.error.message;
    case 'disabled':
      return 'the definition is disabled';
    case 'unknown_workflow':
    case 'unknown_version':
    case 'unknown_node':
    case 'not_pending':
      return 'the definition is not there any more';
  }
}

export function executionOf(outcome: StartOutcome): string | null {
  return 'executionId' in outcome ? outcome.executionId : null;
}
