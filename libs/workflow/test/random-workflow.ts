import fc from 'fast-check';
import type { EdgeCondition, Join, Plan, PlanAction } from '../src/definition/plan.ts';
import type { Behaviour } from './oracle.ts';
import { expression, planOf, template, type NodeSketch } from './plan-builder.ts';

export interface RandomWorkflow {
  readonly plan: Plan;
  readonly behaviours: ReadonlyMap<string, Behaviour>;
}

const branches = ['left', 'right'];
const conditions: fc.Arbitrary<EdgeCondition> = fc.oneof(
  { weight: 5, arbitrary: fc.constant({ kind: 'success' } as const) },
  { weight: 2, arbitrary: fc.constant({ kind: 'failure' } as const) },
  { weight: 2, arbitrary: fc.constant({ kind: 'always' } as const) },
  {
    weight: 3,
    arbitrary: fc.subarray([...branches, 'error'], { minLength: 1 }).map((of) => ({ kind: 'branches', branches: of }) as const),
  },
);
const joins = fc.oneof(
  { weight: 5, arbitrary: fc.constant<Join>('all') },
  { weight: 1, arbitrary: fc.constant<Join>('strict') },
  { weight: 3, arbitrary: fc.constant<Join>('any') },
  { weight: 2, arbitrary: fc.constant<Join>('settled') },
);
const fail: PlanAction = { kind: 'fail', config: template(() => ({ code: 'ENDED', message: 'it was to end here' })) };
const aggregate: PlanAction = { kind: 'aggregate', config: template(() => ({ gathered: true })) };

const steps = fc.record({
  dependencies: fc.array(fc.record({ back: fc.nat(), on: conditions }), { maxLength: 3 }),
  join: joins,
  kind: fc.oneof(
    { weight: 12, arbitrary: fc.constant('task' as const) },
    { weight: 3, arbitrary: fc.constant('aggregate' as const) },
    { weight: 1, arbitrary: fc.constant('fail' as const) },
  ),
  when: fc.oneof({ weight: 9, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
  failuresFirst: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(2) }),
  fails: fc.oneof({ weight: 4, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
  branch: fc.constantFrom(null, ...branches),
  retries: fc.nat(2),
  onError: fc.oneof(
    { weight: 5, arbitrary: fc.constant('fail' as const) },
    { weight: 1, arbitrary: fc.constant('continue' as const) },
  ),
});

/** Any DAG of up to 12 nodes with every join and edge condition, and what its workers are going to answer. */
export const randomWorkflows: fc.Arbitrary<RandomWorkflow> = fc.array(steps, { minLength: 1, maxLength: 12 }).map((drawn) => {
  const behaviours = new Map<string, Behaviour>();
  const sketches = drawn.map((one, index): NodeSketch => {
    const id = `n${index}`;
    const isTask = one.kind === 'task';
    behaviours.set(id, {
      failuresFirst: isTask ? one.failuresFirst : 0,
      then: (isTask && one.fails) || one.kind === 'fail' ? 'fail' : 'complete',
      branch: isTask ? one.branch : null,
      when: one.when,
    });
    const earlier = new Map(index === 0 ? [] : one.dependencies.map(({ back, on }) => [`n${back % index}`, on] as const));
    return {
      id,
      needs: [...earlier].map(([node, on]) => ({ node, on })),
      join: one.join,
      ...(!one.when && { when: expression(() => false) }),
      retry: { retries: one.retries },
      onError: one.onError,
      ...(one.kind === 'fail' && { action: fail }),
      ...(one.kind === 'aggregate' && { action: aggregate }),
    };
  });
  return { plan: planOf(sketches), behaviours };
});
