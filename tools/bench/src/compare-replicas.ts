import { BenchStack, type StackOptions } from './bench-stack.ts';
import { load, measureOnce, summary, type Figures, type MeasureOptions } from './measure.ts';
import { median } from './median.ts';
import type { Workload } from './workload.ts';

export interface ReplicaComparison {
  readonly workload: string;
  readonly replicas: StackOptions;
  readonly pairs: readonly { readonly one: Figures; readonly many: Figures }[];
  /** Executions per second with replicas over those without; above 1 is faster. */
  readonly medianRatio: number;
}

/**
 * Replicas against one of each: two stacks are up at once and loaded in turn, so that what the machine does besides falls on
 * both. The idle one costs next to nothing.
 */
export async function compareReplicas(
  workload: Workload,
  replicas: StackOptions,
  options: MeasureOptions,
): Promise<ReplicaComparison> {
  const stacks: BenchStack[] = [];
  try {
    const one = await BenchStack.start({ coordinators: 1, workers: 1 });
    stacks.push(one);
    const many = await BenchStack.start(replicas);
    stacks.push(many);
    const key = await one.apply(workload);
    await many.apply(workload);
    options.progress(`${workload.name}: warming up both`);
    for (const stack of stacks) await load(stack, workload, key, options.warmupSeconds);
    const pairs: { one: Figures; many: Figures }[] = [];
    for (let repetition = 1; repetition <= options.repetitions; repetition += 1) {
      const pair = {
        one: await measureOnce(one, workload, key, options.seconds),
        many: await measureOnce(many, workload, key, options.seconds),
      };
      pairs.push(pair);
      options.progress(`${workload.name} ${repetition}/${options.repetitions}: one of each ${summary(pair.one)}`);
      options.progress(`${workload.name} ${repetition}/${options.repetitions}: replicas    ${summary(pair.many)}`);
    }
    const medianRatio = Number(median(pairs.map((pair) => pair.many.perSecond / pair.one.perSecond)).toFixed(3));
    return { workload: workload.name, replicas, pairs, medianRatio };
  } finally {
    for (const stack of stacks) await stack.stop();
  }
}
