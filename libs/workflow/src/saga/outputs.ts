import type { Json, StepRecord } from '@jetsaga/contracts';

/**
 * Outputs of steps by id, those that did not complete left out. A single id is flattened to its output, null when there is
 * none: whether that is done depends on the definition alone, so that a result never changes its shape with the branch taken.
 */
export function outputsById(ids: readonly string[], step: (id: string) => StepRecord | undefined): Json {
  const output = (id: string) => {
    const found = step(id);
    return found?.status === 'COMPLETED' ? found.output : undefined;
  };
  const [only] = ids;
  if (ids.length === 1 && only !== undefined) return output(only) ?? null;
  return Object.fromEntries(
    ids.flatMap((id) => {
      const value = output(id);
      return value === undefined ? [] : [[id, value] as const];
    }),
  );
}
