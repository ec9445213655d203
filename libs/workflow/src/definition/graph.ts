import type { DefinitionNode } from './definition-nodes.ts';

/** The DAG of one scope by numbers: `dependencies[n]` are the numbers of the nodes that node `n` waits for. */
export interface Graph {
  readonly dependencies: readonly (readonly number[])[];
  readonly dependents: readonly (readonly number[])[];
}

/** Of nodes that share an id, the first one is meant. Dependencies on nothing, and on oneself, are left out. */
export function graphOf(nodes: readonly DefinitionNode[], numbers: ReadonlyMap<string, number>): Graph {
  const dependents: number[][] = nodes.map(() => []);
  const dependencies = nodes.map((node, number) => {
    const found = new Set<number>();
    for (const { node: id } of node.dependencies) {
      const other = numbers.get(id);
      if (other !== undefined && other !== number) found.add(other);
    }
    for (const other of found) dependents[other]!.push(number);
    return [...found];
  });
  return { dependencies, dependents };
}

/** Each id's number: the first node's where several share it. */
export function numbersById(nodes: readonly DefinitionNode[]): Map<string, number> {
  const numbers = new Map<string, number>();
  for (const [number, { id }] of nodes.entries()) if (id !== null && !numbers.has(id)) numbers.set(id, number);
  return numbers;
}

/** Every node after all that it waits for, otherwise in the order of the document; nodes in or behind a cycle are absent. */
export function topologicalOrder({ dependencies, dependents }: Graph): number[] {
  const open = dependencies.map((list) => list.length);
  const order: number[] = [];
  for (const [number, count] of open.entries()) if (count === 0) order.push(number);
  for (let at = 0; at < order.length; at += 1) {
    for (const next of dependents[order[at]!]!) {
      open[next]! -= 1;
      if (open[next] === 0) order.push(next);
    }
  }
  return order;
}

/** For the nodes of `order`: which nodes are upstream. One bit per node. */
export class Ancestors {
  private readonly words: number;
  private readonly sets: Uint32Array[] = [];

  constructor({ dependencies }: Graph, order: readonly number[]) {
    this.words = (dependencies.length + 31) >> 5;
    for (const number of order) {
      const set = new Uint32Array(this.words);
      for (const dependency of dependencies[number]!) {
        const inherited = this.sets[dependency]!;
        for (let word = 0; word < this.words; word += 1) set[word]! |= inherited[word]!;
        set[dependency >> 5]! |= 1 << (dependency & 31);
      }
      this.sets[number] = set;
    }
  }

  /** Undefined for a node in or behind a cycle: nobody can tell. */
  isUpstream(of: number, candidate: number): boolean | undefined {
    const set = this.sets[of];
    return set === undefined ? undefined : (set[candidate >> 5]! & (1 << (candidate & 31))) !== 0;
  }
}
