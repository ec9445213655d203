import { parseStepPath, stepPath, type StepRecord } from '@jetsaga/contracts';
import { LayeredMap } from './layered-map.ts';
import { ScopeSteps } from './scope-steps.ts';

/**
 * The steps of an execution, scope by scope, as an immutable map by path. A scope's own record has the path of its scope and a slash:
 * `each[3]/`.
 */
export class StepTable implements ReadonlyMap<string, StepRecord> {
  readonly size: number;
  private readonly scopes: LayeredMap<ScopeSteps>;

  private constructor(scopes: LayeredMap<ScopeSteps>, size: number) {
    this.scopes = scopes;
    this.size = size;
  }

  static of(steps: ReadonlyMap<string, StepRecord>): StepTable {
    if (steps instanceof StepTable) return steps;
    const byScope = Map.groupBy(steps.values(), ({ scope }) => scope);
    const scopes = new Map([...byScope].map(([scope, records]) => [scope, ScopeSteps.of(records)]));
    return new StepTable(LayeredMap.of(scopes), steps.size);
  }

  with(step: StepRecord): StepTable {
    const scope = this.in(step.scope);
    const size = scope.get(step.node) === undefined ? this.size + 1 : this.size;
    return new StepTable(this.scopes.with(step.scope, scope.with(step)), size);
  }

  /** What is known of the scope at that path. */
  in(scope: string): ScopeSteps {
    return this.scopes.get(scope) ?? ScopeSteps.none;
  }

  /** The scopes that are on record, by path. */
  byScope(): MapIterator<[string, ScopeSteps]> {
    return this.scopes.entries();
  }

  get(path: string): StepRecord | undefined {
    const { scope, node } = parseStepPath(path);
    return this.in(scope).get(node);
  }

  has(path: string): boolean {
    return this.get(path) !== undefined;
  }

  forEach(visit: (step: StepRecord, path: string, map: ReadonlyMap<string, StepRecord>) => void): void {
    for (const [path, step] of this) visit(step, path, this);
  }

  *values(): MapIterator<StepRecord> {
    for (const scope of this.scopes.values()) {
      if (scope.record) yield scope.record;
      yield* scope.values();
    }
  }

  *entries(): MapIterator<[string, StepRecord]> {
    for (const step of this.values()) yield [stepPath(step.scope, step.node), step];
  }

  *keys(): MapIterator<string> {
    for (const [path] of this.entries()) yield path;
  }

  [Symbol.iterator](): MapIterator<[string, StepRecord]> {
    return this.entries();
  }
}
