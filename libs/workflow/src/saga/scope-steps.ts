import type { StepRecord } from '@jetsaga/contracts';
import { LayeredMap } from './layered-map.ts';
import { isOpenStep } from './step-record.ts';

/** The steps of one scope by node, and what joins and ends ask of them; immutable. The scope's own record is no step of it. */
export class ScopeSteps {
  static readonly none = new ScopeSteps(LayeredMap.of(new Map()), undefined, { size: 0, open: 0, failed: [] });

  /** The scope's own record: see scope-record.ts. The root has none. */
  readonly record: StepRecord | undefined;
  /** How many steps have a record. */
  readonly size: number;
  /** How many steps are scheduled and not settled. */
  readonly open: number;
  /** Steps that failed for good, in the order in which they did. */
  readonly failed: readonly StepRecord[];
  private readonly steps: LayeredMap<StepRecord>;

  private constructor(
    steps: LayeredMap<StepRecord>,
    record: StepRecord | undefined,
    facts: Pick<ScopeSteps, 'size' | 'open' | 'failed'>,
  ) {
    this.steps = steps;
    this.record = record;
    this.size = facts.size;
    this.open = facts.open;
    this.failed = facts.failed;
  }

  static of(records: readonly StepRecord[]): ScopeSteps {
    const steps = new Map<string, StepRecord>();
    let record: StepRecord | undefined;
    for (const step of records) {
      if (step.node === '') record = step;
      else steps.set(step.node, step);
    }
    const all = [...steps.values()];
    const failed = all.filter(({ status }) => status === 'FAILED').sort((a, b) => (a.settledSeq ?? 0) - (b.settledSeq ?? 0));
    return new ScopeSteps(LayeredMap.of(steps), record, { size: all.length, open: all.filter(isOpenStep).length, failed });
  }

  get(node: string): StepRecord | undefined {
    return node === '' ? this.record : this.steps.get(node);
  }

  with(step: StepRecord): ScopeSteps {
    if (step.node === '') return new ScopeSteps(this.steps, step, this);
    const old = this.steps.get(step.node);
    const open = this.open + (isOpenStep(step) ? 1 : 0) - (old && isOpenStep(old) ? 1 : 0);
    const others = old?.status === 'FAILED' ? this.failed.filter(({ node }) => node !== step.node) : this.failed;
    const failed = step.status === 'FAILED' ? [...others, step] : others;
    const steps = this.steps.with(step.node, step);
    return new ScopeSteps(steps, this.record, { size: steps.size, open, failed });
  }

  values(): MapIterator<StepRecord> {
    return this.steps.values();
  }
}
