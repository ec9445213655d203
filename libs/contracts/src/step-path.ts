/**
 * A step's address within its execution: `fetch` at the root, `each[3]/embed` inside a scope.
 * `scope` is everything before the last `/`, and `''` for the root.
 */
export interface StepAddress {
  readonly scope: string;
  readonly node: string;
}

export function stepPath(scope: string, node: string): string {
  return scope === '' ? node : `${scope}/${node}`;
}

/**
 * A scope and those around it, the outermost first: `''`, `each`, `each[3]`, `each[3]/inner` of the last one. A map has a scope of its
 * own, around those of its items, which holds no steps.
 */
export function scopesAround(scope: string): string[] {
  const found = [''];
  if (scope === '') return found;
  for (const [at, character] of [...scope].entries()) if (character === '/' || character === '[') found.push(scope.slice(0, at));
  found.push(scope);
  return found;
}

export function parseStepPath(path: string): StepAddress {
  const slash = path.lastIndexOf('/');
  return slash < 0 ? { scope: '', node: path } : { scope: path.slice(0, slash), node: path.slice(slash + 1) };
}
