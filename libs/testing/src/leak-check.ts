interface OpenResource {
  readonly what: string;
  readonly openedAt: string;
  readonly release: () => Promise<void>;
}

const open = new Set<OpenResource>();

/**
 * Notes something that the spec must give back; the returned function notes that it did. What is still open when all
 * hooks of the spec have run is released, and the spec fails with the place that opened it.
 */
export function mustBeReleased(what: string, release: () => Promise<void>): () => void {
  const stack = new Error().stack?.split('\n').slice(2) ?? [];
  const openedAt = stack.find((line) => line.includes('.spec.ts')) ?? stack[0] ?? '';
  const resource = { what, release, openedAt: openedAt.trim() };
  open.add(resource);
  return () => void open.delete(resource);
}

async function failOnLeaks(): Promise<void> {
  const leaked = [...open].reverse();
  open.clear();
  for (const resource of leaked) await resource.release();
  if (leaked.length === 0) return;
  throw new Error(
    `this spec did not give back:\n${leaked.map(({ what, openedAt }) => `  ${what}, opened ${openedAt}`).join('\n')}`,
  );
}

// Hooks run in the order in which they are registered. A microtask runs when the spec's own top level is through, so this
// one comes after all of the spec's. Outside Jest (the benchmark starts servers too) there are no hooks, and nothing to check.
const { afterAll } = globalThis as { afterAll?: (hook: () => Promise<void>, timeoutMs: number) => void };
if (afterAll) queueMicrotask(() => afterAll(failOnLeaks, 60_000));
