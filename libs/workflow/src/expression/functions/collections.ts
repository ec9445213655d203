import type { Evaluation } from '../evaluation.ts';
import { isMap, kindOf, setMember, type Value, type ValueMap } from '../value.ts';
import { listOf, mapOf, numberOf, type FunctionTable } from './expression-function.ts';
import { countCharacters } from './text.ts';

export const collectionFunctions: FunctionTable = {
  size: {
    signature: 'size(text, list or object)',
    least: 1,
    call: (run, [value]) => {
      if (typeof value === 'string') {
        run.spendCharacters(value.length);
        return countCharacters(value);
      }
      if (Array.isArray(value)) return value.length;
      if (isMap(value!)) return Object.keys(value).length;
      throw run.fail(`\`size\` takes text, a list or an object, not ${kindOf(value!)}`);
    },
  },
  first: { signature: 'first(list)', least: 1, call: (run, [list]) => listOf(run, list!, '`first`')[0] },
  last: { signature: 'last(list)', least: 1, call: (run, [list]) => listOf(run, list!, '`last`').at(-1) },
  flatten: {
    signature: 'flatten(list): one level',
    least: 1,
    call: (run, [list]) => {
      const result: Value[] = [];
      for (const item of listOf(run, list!, '`flatten`')) {
        const content = run.open(item);
        if (!Array.isArray(content)) result.push(item);
        else {
          run.makeList(content.length);
          for (const inner of content) result.push(inner);
        }
      }
      return result;
    },
  },
  merge: {
    signature: 'merge(object, object): the second one wins',
    least: 2,
    call: (run, [first, second]) => {
      const result: ValueMap = {};
      for (const part of [first, second]) {
        const map = mapOf(run, part!, '`merge`');
        for (const key of keysOf(run, map)) setMember(result, key, map[key]!);
      }
      return result;
    },
  },
  keys: { signature: 'keys(object)', least: 1, call: (run, [map]) => keysOf(run, mapOf(run, map!, '`keys`')) },
  values: {
    signature: 'values(object)',
    least: 1,
    call: (run, [value]) => {
      const map = mapOf(run, value!, '`values`');
      return keysOf(run, map).map((key) => map[key]!);
    },
  },
  sum: {
    signature: 'sum(list of numbers)',
    least: 1,
    call: (run, [list]) => {
      let total = 0;
      for (const item of listOf(run, list!, '`sum`')) total = run.number(total + numberOf(run, run.open(item), '`sum`'));
      return total;
    },
  },
};

function keysOf(run: Evaluation, map: ValueMap): string[] {
  const keys = Object.keys(map);
  run.makeList(keys.length);
  return keys;
}
