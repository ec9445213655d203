import { defaultRetryPolicy, type Json, type RetryPolicy } from '@jetsaga/contracts';
import type { EdgeCondition, Join, Plan, PlanAction, PlanEdge, PlanNode, PlanRateLimit } from '../src/definition/plan.ts';
import type { Bindings, Expression, Template } from '../src/expression/expression.ts';

/** Plans made by hand, for tests that make thousands of them; stories use real definitions. */

export function template(evaluate: (bindings: Bindings) => Json): Template {
  return { references: [], constant: false, evaluate, secretSlots: () => [] };
}

export function expression(evaluate: (bindings: Bindings) => Json, source = 'a test’s expression'): Expression {
  return { source, references: [], evaluate };
}

export interface NodeSketch {
  readonly id: string;
  readonly action?: PlanAction;
  readonly needs?: readonly { readonly node: string; readonly on?: EdgeCondition }[];
  readonly join?: Join;
  readonly when?: Expression;
  readonly retry?: Partial<RetryPolicy>;
  readonly onError?: 'fail' | 'continue';
  readonly queueTimeoutMs?: number;
  readonly deadlineMs?: number;
  readonly rateLimit?: PlanRateLimit;
}

export const task: PlanAction = { kind: 'task', queue: 'work', config: template(() => ({})) };

/** Nodes are given in topological order. */
export function planOf(sketches: readonly NodeSketch[], options: Partial<Plan> = {}): Plan {
  const edges: PlanEdge[] = sketches.flatMap((sketch) =>
    (sketch.needs ?? []).map(({ node, on }) => ({ from: node, to: sketch.id, on: on ?? { kind: 'success' } })),
  );
  const incoming = Map.groupBy(edges, (edge) => edge.to);
  const outgoing = Map.groupBy(edges, (edge) => edge.from);
  const nodes = new Map(
    sketches.map((sketch): [string, PlanNode] => [
      sketch.id,
      {
        id: sketch.id,
        handler: sketch.action && sketch.action.kind !== 'task' ? sketch.action.kind : 'work',
        action: sketch.action ?? task,
        incoming: incoming.get(sketch.id) ?? [],
        outgoing: outgoing.get(sketch.id) ?? [],
        join: sketch.join ?? 'all',
        when: sketch.when ?? null,
        output: null,
        retry: { ...defaultRetryPolicy, ...sketch.retry },
        timeoutMs: 300_000,
        queueTimeoutMs: sketch.queueTimeoutMs ?? null,
        deadlineMs: sketch.deadlineMs ?? null,
        rateLimit: sketch.rateLimit ?? null,
        onError: sketch.onError ?? 'fail',
        compensate: null,
      },
    ]),
  );
  return {
    key: 'test',
    name: 'Test',
    version: 1,
    root: {
      nodes,
      roots: sketches.filter(({ id }) => !incoming.has(id)).map(({ id }) => id),
      leaves: sketches.filter(({ id }) => !outgoing.has(id)).map(({ id }) => id),
    },
    checkInput: () => [],
    output: null,
    outputNode: null,
    triggers: [],
    timeoutMs: null,
    onFailure: 'compensate',
    lifecycle: 'all',
    priority: 'normal',
    idempotencyKey: null,
    concurrency: null,
    labels: {},
    retentionMs: 86_400_000,
    ...options,
  };
}
