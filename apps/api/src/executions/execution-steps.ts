import { Inject, Injectable } from '@nestjs/common';
import { stepPath, type ExecutionRecord, type StepRecord } from '@jetsaga/contracts';
import type { StartingEngine } from '@jetsaga/engine';
import { listSteps, type Plan } from '@jetsaga/workflow';
import type { Page } from '../http/page.ts';
import { ENGINE } from '../resources.ts';
import type { StepsQuery } from './execution-queries.ts';
import { ExecutionReads } from './execution-reads.ts';

/** A step as it is listed; one that nothing has happened to yet is PENDING, and has no row. */
export type ListedStep = Omit<StepRecord, 'executionId'>;

/** A definition has fewer nodes than this, and so has its root. */
const wholeRoot = 10_000;

/** The steps of an execution, those included that nothing has happened to yet. */
@Injectable()
export class ExecutionSteps {
  private readonly reads: ExecutionReads;
  private readonly engine: StartingEngine;

  constructor(reads: ExecutionReads, @Inject(ENGINE) engine: StartingEngine) {
    this.reads = reads;
    this.engine = engine;
  }

  /** In the order of the definition; what is too much for one page comes in the order of its paths, recorded steps only. */
  async of(execution: ExecutionRecord, query: StepsQuery): Promise<Page<ListedStep>> {
    const page = await this.reads.steps(execution.id, query);
    if (page.next !== null || query.cursor !== undefined || (query.scope ?? '') !== '') return page;
    const root = await this.ofRoot(execution, await this.recorded(execution));
    const selected = root.filter(
      (step) => (query.path ?? step.node) === step.node && (query.status?.includes(step.status) ?? true),
    );
    return { items: [...selected, ...page.items.filter((step) => step.scope !== '')], next: null };
  }

  /** Steps of the root that have a row, by path. */
  async recorded(execution: ExecutionRecord): Promise<ReadonlyMap<string, StepRecord>> {
    const { items } = await this.reads.steps(execution.id, { scope: '', limit: wholeRoot });
    return new Map(items.map((step) => [stepPath(step.scope, step.node), step]));
  }

  /** Every step of the root, in the order of the definition. */
  async ofRoot(execution: ExecutionRecord, recorded: ReadonlyMap<string, StepRecord>): Promise<ListedStep[]> {
    const plan = await this.planOf(execution);
    return plan === undefined ? [...recorded.values()] : listSteps(plan, recorded.values());
  }

  /** Undefined when its definition is gone. */
  planOf(execution: ExecutionRecord): Promise<Plan | undefined> {
    return this.engine.plans.plan(execution.workflow, execution.version);
  }
}
