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

export function parseStepPath(path: string): StepAddress {
  const slash = path.lastIndexOf('/');
  return slash < 0 ? { scope: '', node: path } : { scope: path.slice(0, slash), node: path.slice(slash + 1) };
}
