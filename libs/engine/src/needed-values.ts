import { limits, type ErrorShape, type Json } from '@jetsaga/contracts';
import {
  ChildEndNeeded,
  ChildStartNeeded,
  ItemOutputsNeeded,
  type ChildEnd,
  type ChildStarted,
  type ValueNeeded,
} from '@jetsaga/workflow';
import type { EngineContext } from './engine-context.ts';
import type { StartOutcome } from './start-order.ts';
import type { Starts } from './starts.ts';
import { askStore } from './store-errors.ts';

/** Finds out what decisions need to know besides the steps of their execution; outside every transaction. */
export class NeededValues {
  private readonly context: EngineContext;
  private readonly starts: Pick<Starts, 'start'>;

  constructor(context: EngineContext, starts: Pick<Starts, 'start'>) {
    this.context = context;
    this.starts = starts;
  }

  async find(needed: ValueNeeded): Promise<Json> {
    const { store } = this.context;
    if (needed instanceof ItemOutputsNeeded) {
      return Object.fromEntries(await askStore(() => store.itemOutputs(needed.executionId, needed.scopes)));
    }
    if (needed instanceof ChildStartNeeded) return { ...(await this.startChild(needed)) } as Json;
    if (needed instanceof ChildEndNeeded) {
      const child = await askStore(() => store.childOf(needed.executionId, needed.path));
      if (!child) return null;
      const { id: executionId, status, output, error } = child;
      const end: ChildEnd = { executionId, status, ...(output !== undefined && { output }), ...(error && { error }) };
      return { ...end } as unknown as Json;
    }
    throw needed;
  }

  /** Under the key of its parent's step, so that it is started once however often it is asked for. */
  private async startChild({ parent, path, child, startKey }: ChildStartNeeded): Promise<ChildStarted> {
    const depth = parent.depth + 1;
    if (depth > limits.childDepth) {
      const message = `executions start each other ${limits.childDepth} deep at most; look for a workflow that starts itself`;
      return { error: { code: 'CHILD_TOO_DEEP', message } };
    }
    const outcome = await this.starts.start({
      ...child,
      key: { kind: 'child', value: startKey },
      by: `execution:${parent.id}`,
      parent: { executionId: parent.id, path },
      priority: parent.priority,
      depth,
      traceparent: parent.traceparent,
    });
    return 'executionId' in outcome ? { executionId: outcome.executionId } : { error: refusal(child.workflow, outcome) };
  }
}

function refusal(workflow: string, outcome: Exclude<StartOutcome, { readonly executionId: string }>): ErrorShape {
  switch (outcome.kind) {
    case 'unknown_workflow':
      return { code: 'UNKNOWN_WORKFLOW', message: `there is no definition ${workflow}; apply it, then retry the step` };
    case 'unknown_version':
      return { code: 'UNKNOWN_WORKFLOW', message: `the definition ${workflow} has no such version` };
    case 'disabled':
      return { code: 'WORKFLOW_DISABLED', message: `the definition ${workflow} is disabled` };
    case 'invalid': {
      const reasons = outcome.problems.map(({ pointer, message }) => `${pointer} ${message}`.trim()).join('; ');
      return { code: 'INVALID_INPUT', message: `the input does not fit ${workflow}: ${reasons}` };
    }
    case 'failed':
      return outcome.error;
    case 'unknown_node':
    case 'not_pending':
      return { code: 'WRONG_STATE', message: `${workflow} cannot be started now` };
  }
}
