import { stepPath, type Json, type StepRecord } from '@jetsaga/contracts';
import type { Plan } from '../definition/plan.ts';
import { outputsFlattened } from './outputs.ts';
import type { ExecutionState } from './saga-types.ts';
import { rootView } from './scope-view.ts';
import { pendingStep } from './step-record.ts';

/** Every step of an execution in the order of its definition; PENDING ones for nodes that have no record yet. */
export function listSteps(plan: Plan, steps: Iterable<StepRecord>): Omit<StepRecord, 'executionId'>[] {
  const { path, scope } = rootView(plan);
  const recorded = new Map([...steps].map((step) => [stepPath(step.scope, step.node), step]));
  return [...scope.nodes.values()].map((node) => {
    const { executionId: _, ...pending } = pendingStep('', path, node);
    return recorded.get(stepPath(path, node.id)) ?? pending;
  });
}

/** The leaves' outputs by id, a single leaf flattened; also while the execution is under way. */
export function executionResults(plan: Plan, state: Pick<ExecutionState, 'steps'>): Json {
  const { path, scope } = rootView(plan);
  return outputsFlattened(scope.leaves, (id) => state.steps.get(stepPath(path, id)));
}
