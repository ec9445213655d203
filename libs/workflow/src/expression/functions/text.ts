import { equal } from '../equality.ts';
import { rendered } from '../rendering.ts';
import { kindOf } from '../value.ts';
import { listOf, wholeNumberOf, type FunctionTable } from './expression-function.ts';
import { compilePattern, patternOf, search } from './pattern.ts';

/** Lengths count characters (code points), as in CEL; none is ever cut in half. */
export const textFunctions: FunctionTable = {
  contains: {
    signature: 'contains(text, part) or contains(list, element)',
    least: 2,
    call: (run, [holder, part]) => {
      if (Array.isArray(holder)) {
        run.spend(holder.length);
        return holder.some((item) => equal(run, item, part!));
      }
      if (typeof holder !== 'string') throw run.fail(`\`contains\` takes text or a list, not ${kindOf(holder!)}`);
      run.spendCharacters(holder.length);
      return holder.includes(run.text(part!, '`contains` in a text'));
    },
  },
  startsWith: {
    signature: 'startsWith(text, beginning)',
    least: 2,
    call: (run, [text, part]) => run.text(text!, '`startsWith`').startsWith(run.text(part!, '`startsWith`')),
  },
  endsWith: {
    signature: 'endsWith(text, ending)',
    least: 2,
    call: (run, [text, part]) => run.text(text!, '`endsWith`').endsWith(run.text(part!, '`endsWith`')),
  },
  matches: {
    signature: 'matches(text, pattern)',
    least: 2,
    specialise: ([, pattern]) => {
      if (typeof pattern !== 'string') return undefined;
      const compiled = compilePattern(pattern);
      if (typeof compiled === 'string') return compiled;
      return (run, [text]) => search(run, run.text(text!, '`matches`'), compiled);
    },
    call: (run, [text, pattern]) => {
      const searched = run.text(text!, '`matches`');
      return search(run, searched, patternOf(run, run.text(pattern!, '`matches`')));
    },
  },
  upper: {
    signature: 'upper(text)',
    least: 1,
    call: (run, [value]) => {
      const text = run.text(value!, '`upper`');
      run.makeText(text.length);
      return text.toUpperCase();
    },
  },
  lower: {
    signature: 'lower(text)',
    least: 1,
    call: (run, [value]) => {
      const text = run.text(value!, '`lower`');
      run.makeText(text.length);
      return text.toLowerCase();
    },
  },
  capitalize: {
    signature: 'capitalize(text)',
    least: 1,
    call: (run, [value]) => {
      const text = run.text(value!, '`capitalize`');
      run.makeText(text.length);
      const first = firstCharacters(text, 1);
      return first.toUpperCase() + text.slice(first.length);
    },
  },
  trim: {
    signature: 'trim(text)',
    least: 1,
    call: (run, [value]) => {
      const text = run.text(value!, '`trim`');
      run.makeText(text.length);
      return text.trim();
    },
  },
  truncate: {
    signature: 'truncate(text, characters)',
    least: 2,
    call: (run, [value, length]) => {
      const text = run.text(value!, '`truncate`');
      const most = wholeNumberOf(run, length!, '`truncate`');
      if (most < 0) throw run.fail('`truncate` takes a length of 0 or more');
      run.makeText(text.length);
      return firstCharacters(text, most);
    },
  },
  join: {
    signature: 'join(list, separator)',
    least: 2,
    call: (run, [list, separator]) => {
      const parts = listOf(run, list!, '`join`').map((item) => rendered(run, item));
      const between = run.text(separator!, '`join`');
      const length = parts.reduce((sum, part) => sum + part.length + between.length, 0);
      run.makeText(length);
      return parts.join(between);
    },
  },
  split: {
    signature: 'split(text, separator)',
    least: 2,
    call: (run, [value, separator]) => {
      const text = run.text(value!, '`split`');
      const between = run.text(separator!, '`split`');
      run.spendCharacters(text.length);
      const parts = between === '' ? [...text] : text.split(between);
      run.makeList(parts.length);
      return parts;
    },
  },
};

function firstCharacters(text: string, count: number): string {
  if (count >= text.length) return text;
  let end = 0;
  for (let taken = 0; taken < count && end < text.length; taken += 1) end += text.codePointAt(end)! > 0xffff ? 2 : 1;
  return text.slice(0, end);
}

export function countCharacters(text: string): number {
  let count = 0;
  for (let at = 0; at < text.length; count += 1) at += text.codePointAt(at)! > 0xffff ? 2 : 1;
  return count;
}
