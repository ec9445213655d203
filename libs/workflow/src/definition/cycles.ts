import type { Graph } from './graph.ts';

/**
 * One cycle out of every knot of nodes that wait for each other: a shortest one through the knot's first node, beginning
 * with it, in the order in which they would run.
 */
export function cyclesOf(graph: Graph): number[][] {
  return knotsOf(graph)
    .map((knot) => shortestCycle(graph, knot))
    .sort((a, b) => a[0]! - b[0]!);
}

/** Strongly connected components of two nodes and more. Tarjan's algorithm, with its stack on the heap. */
function knotsOf({ dependencies }: Graph): Set<number>[] {
  const knots: Set<number>[] = [];
  const index: number[] = [];
  const low: number[] = [];
  const onStack = new Set<number>();
  const stack: number[] = [];
  let count = 0;
  const enter = (number: number, path: { number: number; next: number }[]) => {
    index[number] = low[number] = count;
    count += 1;
    stack.push(number);
    onStack.add(number);
    path.push({ number, next: 0 });
  };
  for (const start of dependencies.keys()) {
    if (index[start] !== undefined) continue;
    const path: { number: number; next: number }[] = [];
    enter(start, path);
    while (path.length > 0) {
      const top = path.at(-1)!;
      const next = dependencies[top.number]![top.next];
      top.next += 1;
      if (next !== undefined) {
        if (index[next] === undefined) enter(next, path);
        else if (onStack.has(next)) low[top.number] = Math.min(low[top.number]!, index[next]);
        continue;
      }
      path.pop();
      const below = path.at(-1);
      if (below) low[below.number] = Math.min(low[below.number]!, low[top.number]!);
      if (low[top.number] !== index[top.number]) continue;
      const knot = new Set(stack.splice(stack.lastIndexOf(top.number)));
      for (const number of knot) onStack.delete(number);
      if (knot.size > 1) knots.push(knot);
    }
  }
  return knots;
}

/** Breadth first from the knot's first node, along what runs next, until it comes round. */
function shortestCycle({ dependents }: Graph, knot: ReadonlySet<number>): number[] {
  const first = Math.min(...knot);
  const cameFrom = new Map<number, number>();
  const queue = [first];
  for (const at of queue) {
    for (const next of dependents[at]!) {
      if (next === first) return pathTo(at, first, cameFrom);
      if (!knot.has(next) || cameFrom.has(next)) continue;
      cameFrom.set(next, at);
      queue.push(next);
    }
  }
  return [first];
}

function pathTo(end: number, first: number, cameFrom: ReadonlyMap<number, number>): number[] {
  const path = [end];
  for (let at = end; at !== first;) {
    at = cameFrom.get(at)!;
    path.push(at);
  }
  return path.reverse();
}
