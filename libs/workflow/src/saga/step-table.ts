import { stepPath, type StepRecord } from '@jetsaga/contracts';
import { isOpenStep } from './step-record.ts';

/**
 * The steps of an execution by path, as an immutable map that makes a changed copy cheaply: few recent records lie over a larger base
 * that the versions share, so that one event among thousands of steps costs neither a copy nor a count of all of them.
 */
export class StepTable implements ReadonlyMap<string, StepRecord> {
  readonly size: number;
  /** How many steps are scheduled and not settled. */
  readonly open: number;
  /** Steps that failed for good, in the order in which they did. */
  readonly failed: readonly StepRecord[];
  private readonly base: ReadonlyMap<string, StepRecord>;
  private readonly recent: ReadonlyMap<string, StepRecord>;

  private constructor(facts: Pick<StepTable, 'size' | 'open' | 'failed'>, base: StepTable['base'], recent: StepTable['recent']) {
    this.size = facts.size;
    this.open = facts.open;
    this.failed = facts.failed;
    this.base = base;
    this.recent = recent;
  }

  static of(steps: ReadonlyMap<string, StepRecord>): StepTable {
    if (steps instanceof StepTable) return steps;
    const failed: StepRecord[] = [];
    let open = 0;
    for (const step of steps.values()) {
      if (isOpenStep(step)) open += 1;
      if (step.status === 'FAILED') failed.push(step);
    }
    failed.sort((a, b) => (a.settledSeq ?? 0) - (b.settledSeq ?? 0));
    return new StepTable({ size: steps.size, open, failed }, steps, new Map());
  }

  with(step: StepRecord): StepTable {
    const path = stepPath(step.scope, step.node);
    const old = this.get(path);
    const size = old ? this.size : this.size + 1;
    const open = this.open + (isOpenStep(step) ? 1 : 0) - (old && isOpenStep(old) ? 1 : 0);
    const others = old?.status === 'FAILED' ? this.failed.filter((one) => one !== old) : this.failed;
    const failed = step.status === 'FAILED' ? [...others, step] : others;
    const recent = new Map(this.recent).set(path, step);
    const isTooLong = recent.size ** 2 > this.base.size + longestSquare;
    return isTooLong
      ? new StepTable({ size, open, failed }, new Map([...this.base, ...recent]), new Map())
      : new StepTable({ size, open, failed }, this.base, recent);
  }

  get(path: string): StepRecord | undefined {
    return this.recent.get(path) ?? this.base.get(path);
  }

  has(path: string): boolean {
    return this.recent.has(path) || this.base.has(path);
  }

  forEach(visit: (step: StepRecord, path: string, map: ReadonlyMap<string, StepRecord>) => void): void {
    for (const [path, step] of this) visit(step, path, this);
  }

  *entries(): MapIterator<[string, StepRecord]> {
    for (const [path, step] of this.base) yield [path, this.recent.get(path) ?? step];
    for (const [path, step] of this.recent) if (!this.base.has(path)) yield [path, step];
  }

  *keys(): MapIterator<string> {
    for (const [path] of this) yield path;
  }

  *values(): MapIterator<StepRecord> {
    for (const [, step] of this) yield step;
  }

  [Symbol.iterator](): MapIterator<[string, StepRecord]> {
    return this.entries();
  }
}

/** The recent records are merged into the base when they are more than about the root of its size: both costs are then alike. */
const longestSquare = 1_024;
