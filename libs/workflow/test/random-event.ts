import { stepResultSchema, timerKinds, type CommandBody, type StepResult } from '@jetsaga/contracts';
import fc from 'fast-check';
import type { Happening } from './story.ts';

const names = fc.oneof(
  { weight: 12, arbitrary: fc.nat(12).map((n) => `n${n}`) },
  { weight: 1, arbitrary: fc.constantFrom('', '/', 'nobody', 'each[3]/n0', '__proto__', 'constructor') },
);
const attempts = fc.integer({ min: 1, max: 4 });
const times = fc.oneof(fc.nat(), fc.constantFrom(-1, 1.5, Number.MAX_SAFE_INTEGER, 1e300));

const results: fc.Arbitrary<StepResult> = fc
  .record(
    {
      v: fc.constant(1 as const),
      executionId: fc.constant('e1'),
      path: names,
      attempt: attempts,
      outcome: fc.constantFrom(...stepResultSchema.shape.outcome.options),
      output: fc.jsonValue() as fc.Arbitrary<StepResult['output']>,
      branch: fc.constantFrom('left', 'right', 'error', '', '__proto__'),
      error: fc.record(
        {
          code: fc.constantFrom('FLAKY', 'TASK_POISON', 'X'),
          message: fc.string(),
          retryable: fc.boolean(),
          retryAfterMs: fc.oneof(fc.nat(100_000), fc.constant(1e300)),
          definite: fc.boolean(),
        },
        { requiredKeys: ['code', 'message', 'retryable'] },
      ),
      progress: fc.double({ min: 0, max: 1, noNaN: true }),
      worker: fc.string(),
      startedAt: times,
      finishedAt: times,
    },
    { requiredKeys: ['v', 'executionId', 'path', 'attempt', 'outcome', 'worker', 'startedAt', 'finishedAt'] },
  )
  .map((result) => result);

const event = { specversion: '1.0', id: 'x', source: '/x', type: 'x' } as const;
const commands: fc.Arbitrary<CommandBody> = fc.oneof(
  { weight: 1, arbitrary: fc.boolean().map((compensate) => ({ kind: 'cancel' as const, compensate })) },
  {
    weight: 3,
    arbitrary: fc.constantFrom('go', 'stop').map((name) => ({ kind: 'signal' as const, name, payload: null })),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(names, attempts).map(([path, attempt]) => ({ kind: 'complete_task' as const, path, attempt, output: 1 })),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(names, attempts, fc.boolean()).map(([path, attempt, retryable]) => {
      return { kind: 'fail_task' as const, path, attempt, error: { code: 'X', message: 'x' }, retryable };
    }),
  },
  { weight: 1, arbitrary: names.map((path) => ({ kind: 'event' as const, path, event })) },
);

/** Anything that could arrive, whether it makes sense or not. */
export const randomEvents: fc.Arbitrary<Happening> = fc.oneof(
  { weight: 8, arbitrary: results.map((result): Happening => ({ kind: 'result', result })) },
  {
    weight: 2,
    arbitrary: fc.tuple(names, attempts).map(([path, attempt]): Happening => ({
      kind: 'started',
      start: { executionId: 'e1', path, attempt, worker: 'w', at: 5 },
    })),
  },
  {
    weight: 3,
    arbitrary: fc.tuple(names, attempts, fc.constantFrom(...timerKinds)).map(([node, attempt, kind]): Happening => {
      return { kind: 'timer', timer: { executionId: 'e1', scope: '', node, kind, attempt, dueAt: 0 } };
    }),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(names, attempts, attempts).map(([node, attempt, dispatch]): Happening => {
      return { kind: 'lost', dispatch: { executionId: 'e1', scope: '', node, attempt, dispatch } };
    }),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(names, attempts, attempts).map(([node, attempt, dispatch]): Happening => {
      return { kind: 'withdrawn', dispatch: { executionId: 'e1', scope: '', node, attempt, dispatch } };
    }),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(names, fc.constantFrom('retry_compensation', 'waive_compensation')).map(([path, kind]): Happening => {
      return { kind: 'command', command: { id: 'c', executionId: 'e1', body: { kind, path, reason: 'x' }, by: 'x', at: 1 } };
    }),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom('pause' as const, 'resume' as const, 'retry' as const).map((kind): Happening => {
      return { kind: 'command', command: { id: 'c', executionId: 'e1', body: { kind }, by: 'x', at: 1 } };
    }),
  },
  {
    weight: 4,
    arbitrary: fc.tuple(fc.uuid(), commands).map(([id, body]): Happening => {
      return { kind: 'command', command: { id, executionId: 'e1', body, by: 'x', at: 1 } };
    }),
  },
);
