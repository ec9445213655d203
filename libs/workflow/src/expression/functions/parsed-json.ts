import { limits, type Json } from '@jetsaga/contracts';
import type { Evaluation } from '../evaluation.ts';

/** JSON text as a value that the rest of the system can hold: bounded in depth, its whole numbers exact. */
export function parsedJson(run: Evaluation, text: string): Json {
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw run.fail(`\`parseJson\` cannot read it: ${reason.slice(0, 200)}`);
  }
  check(run, value, 0);
  return value;
}

function check(run: Evaluation, value: Json, depth: number): void {
  run.spend(1);
  if (typeof value === 'number' && Number.isInteger(value)) run.number(value);
  if (typeof value !== 'object' || value === null) return;
  if (depth >= limits.jsonDepth) throw run.fail(`\`parseJson\` takes at most ${limits.jsonDepth} levels`);
  if (Array.isArray(value)) {
    for (const item of value) check(run, item, depth + 1);
    return;
  }
  for (const key of Object.keys(value)) {
    if (key === '__proto__') throw run.fail('`parseJson` does not take `__proto__` as a name');
    check(run, value[key]!, depth + 1);
  }
}
