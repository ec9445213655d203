import type { Json, StepRecord } from '@jetsaga/contracts';

/** Outputs of steps by id, those that did not complete left out. */
export function outputsById(ids: readonly string[], step: (id: string) => StepRecord | undefined): Json {
  return Object.fromEntries(
    ids.flatMap((id) => {
      const value = outputOf(step(id));
      return value === undefined ? [] : [[id, value] as const];
    }),
  );
}

/**
 * The same, but a single id is flattened to its output, null when there is none: whether that is done depends on the definition alone,
 * so that a result never changes its shape with the branch taken.
 */
export function outputsFlattened(ids: readonly string[], step: (id: string) => StepRecord | undefined): Json {
  const [only] = ids;
  return ids.length === 1 && only !== undefined ? (outputOf(step(only)) ?? null) : outputsById(ids, step);
}

function outputOf(step: StepRecord | undefined): Json | undefined {
  return step?.status === 'COMPLETED' ? step.output : undefined;
}
