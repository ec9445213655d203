import type { Json, StepResult } from '@jetsaga/contracts';
import {
  collectHandlerFacts,
  checkDefinition,
  compilePlan,
  parseDefinition,
  startExecution,
  transition,
  type DefinitionProblem,
  type Effect,
  type ExecutionState,
  type Plan,
} from '@jetsaga/workflow';
import type { AnyHandler } from '@jetsaga/worker';
import { runHandler } from './handler-harness.ts';

export interface WorkflowRun {
  readonly status: string;
  readonly output: Json | undefined;
  readonly error: { readonly code: string; readonly message: string; readonly path?: string } | undefined;
  readonly steps: Readonly<Record<string, string>>;
  readonly events: readonly { readonly type: string; readonly data: Json }[];
}

/** A definition as it would be applied with these handlers there; its problems and warnings in words. */
export function planOf(source: string, handlers: readonly AnyHandler[]): { plan: Plan; remarks: readonly string[] } {
  const catalog = new Map(
    handlers.map(({ description }) => [description.name, { ...description, configSchema: description.configSchema as Json }]),
  );
  const { definition, problems, warnings } = checkDefinition(parseDefinition(source), catalog);
  const inWords = ({ code, pointer, message }: DefinitionProblem) => `${code} ${pointer} ${message}`;
  if (!definition) throw new Error(problems.map(inWords).join('\n'));
  return {
    plan: compilePlan({ ...definition, version: 1 }, collectHandlerFacts(definition, catalog)),
    remarks: warnings.map(inWords),
  };
}

/** Runs an execution to its end on the real transition and the real handlers, without servers. Retries come at once. */
export async function runWorkflow(
  plan: Plan,
  handlers: readonly AnyHandler[],
  executionId: string,
  input: Json,
): Promise<WorkflowRun> {
  const events: { type: string; data: Json }[] = [];
  let at = Date.UTC(2026, 0, 1);
  const moment = () => ({ at: (at += 1_000), entropy: 0.5 });
  const request = {
    plan,
    executionId,
    input,
    labels: {},
    priority: 'normal' as const,
    by: 'spec',
    parent: null,
    depth: 0,
    traceparent: null,
    createdAt: at,
  };
  const begun = startExecution(request, moment(), new Map());
  let state: ExecutionState = begun.state;
  const due: Effect[] = [...begun.effects];
  for (let effect = due.shift(); effect !== undefined; effect = due.shift()) {
    if (effect.kind === 'emit_event') events.push({ type: effect.type, data: effect.data });
    const event =
      effect.kind === 'dispatch'
        ? { kind: 'result' as const, result: await attempt(state, handlers, effect.path) }
        : effect.kind === 'set_timer' && effect.timer.kind === 'retry'
          ? { kind: 'timer' as const, timer: effect.timer }
          : undefined;
    if (event === undefined) continue;
    if (event.kind === 'timer') at = event.timer.dueAt;
    const decision = transition(plan, state, { ...event, ...moment() }, new Map());
    if (decision.kind === 'ignored') continue;
    state = decision.state;
    due.push(...decision.effects);
  }
  const { status, output, error } = state.execution;
  const steps = Object.fromEntries([...state.steps].map(([path, step]) => [path, step.status]));
  return { status, output, error, steps, events };
}

async function attempt(state: ExecutionState, handlers: readonly AnyHandler[], path: string): Promise<StepResult> {
  const step = state.steps.get(path)!;
  const executionId = state.execution.id;
  const result = { v: 1 as const, executionId, path, attempt: step.attempt, worker: 'spec', startedAt: 0, finishedAt: 0 };
  try {
    const output = await runHandler(handlers, step.handler, step.config, { executionId, path });
    return { ...result, outcome: 'completed', output };
  } catch (error) {
    const { name, code = 'HANDLER_FAILED', message, details } = error as Error & { code?: string; details?: Json };
    return { ...result, outcome: 'failed', error: { code, message, details, retryable: name !== 'TerminalError' } };
  }
}
