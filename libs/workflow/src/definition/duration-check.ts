import { parseDuration, type Json } from '@jetsaga/contracts';
import type { Misshapen } from './definition-nodes.ts';
import { jsonPointer } from './json-pointer.ts';
import type { ProblemList } from './problem.ts';
import { isObject } from './subschemas.ts';

export const durationRule = 'a duration is 500ms, 30s, 5m, 2h, 3d, or a number of seconds';

/** A hundred years: what date arithmetic and timers' columns hold with ease. */
const longestMs = 36_500 * 86_400_000;
const positive = new Set(['timeout', 'queueTimeout', 'deadline', 'retention', 'per']);
const delays = new Set(['initialDelay', 'maxDelay']);

/**
 * What the shape's pattern cannot say of durations: none that rounds to nothing, none beyond what calendars hold. The
 * answer is where they are wrong.
 */
export function checkDurations(document: Json, misshapen: Misshapen, problems: ProblemList): string[] {
  const wrong: string[] = [];
  for (const [holder, pointer] of holders(document)) {
    if (!isObject(holder)) continue;
    for (const [field, value] of Object.entries(holder)) {
      const at = jsonPointer(pointer, field);
      if ((!positive.has(field) && !delays.has(field)) || misshapen.has(at)) continue;
      const message = durationProblem(value, positive.has(field));
      if (message === undefined) continue;
      problems.add('INVALID_DURATION', at, message);
      wrong.push(at);
    }
  }
  return wrong;
}

/** What is wrong with a duration, in words. */
export function durationProblem(value: Json | undefined, moreThanNone: boolean): string | undefined {
  const ms = parseDuration(value);
  if (ms === undefined) return durationRule;
  if (ms === 0 && moreThanNone) return `${durationRule}, and more than none`;
  return ms > longestMs ? `${durationRule}, at most 36500d` : undefined;
}

/** The objects that durations are fields of. */
function holders(document: Json): [Json | undefined, string][] {
  if (!isObject(document)) return [];
  const { defaults, dag } = document;
  const found: [Json | undefined, string][] = [
    [document, ''],
    [defaults, '/defaults'],
    [isObject(defaults) ? defaults.retry : undefined, '/defaults/retry'],
  ];
  const nodes = isObject(dag) && Array.isArray(dag.nodes) ? dag.nodes : [];
  for (const [index, node] of nodes.entries()) {
    const at = jsonPointer('/dag/nodes', index);
    found.push([node, at], [isObject(node) ? node.retry : undefined, jsonPointer(at, 'retry')]);
    if (isObject(node)) found.push([node.rateLimit, jsonPointer(at, 'rateLimit')]);
  }
  return found;
}
