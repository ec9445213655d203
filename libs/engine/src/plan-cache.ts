import type { SagaStore } from '@jetsaga/contracts';
import { compilePlan, type Plan } from '@jetsaga/workflow';

const keptPlans = 1_000;

/** Compiled definition versions. A version never changes, so an entry never goes stale. */
export class PlanCache {
  private readonly plans = new Map<string, Promise<Plan | undefined>>();
  private readonly store: Pick<SagaStore, 'definition'>;

  constructor(store: Pick<SagaStore, 'definition'>) {
    this.store = store;
  }

  /** Undefined when there is no such version. */
  plan(workflow: string, version: number): Promise<Plan | undefined> {
    const id = `${workflow}@${version}`;
    const known = this.plans.get(id);
    if (known) return known;
    const loading = this.load(workflow, version);
    this.plans.set(id, loading);
    loading.then(
      (plan) => plan ?? this.plans.delete(id),
      () => this.plans.delete(id),
    );
    if (this.plans.size > keptPlans) {
      const oldest = this.plans.keys().next();
      if (!oldest.done) this.plans.delete(oldest.value);
    }
    return loading;
  }

  private async load(workflow: string, version: number): Promise<Plan | undefined> {
    const stored = await this.store.definition(workflow, version);
    return stored && compilePlan({ document: stored.document, key: stored.key, version: stored.version }, stored.handlers);
  }
}
