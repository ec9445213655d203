import { expressionLimits } from '../expression-limits.ts';
import { jsonText } from '../rendering.ts';
import { Duration, kindOf, Timestamp, timeText } from '../value.ts';
import type { FunctionTable } from './expression-function.ts';
import { parsedJson } from './parsed-json.ts';

const wholeNumber = /^[+-]?\d+$/;
const decimalNumber = /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/;
const truths: Readonly<Record<string, boolean>> = { true: true, True: true, TRUE: true, t: true, '1': true };
const untruths: Readonly<Record<string, boolean>> = { false: true, False: true, FALSE: true, f: true, '0': true };

export const conversionFunctions: FunctionTable = {
  string: {
    signature: 'string(value)',
    least: 1,
    call: (run, [value]) => {
      if (typeof value === 'string') return value;
      if (typeof value === 'number' || typeof value === 'boolean') return String(value);
      if (value instanceof Timestamp || value instanceof Duration) return timeText(value);
      throw run.fail(
        `\`string\` takes text, a number, a boolean or a time, not ${kindOf(value!)}; json(…) makes text of anything`,
      );
    },
  },
  int: {
    signature: 'int(number, text or timestamp)',
    least: 1,
    call: (run, [value]) => {
      if (typeof value === 'number') return run.number(Math.trunc(value));
      if (typeof value === 'string' && value.length < 400 && wholeNumber.test(value)) return run.number(Number(value));
      if (value instanceof Timestamp) return Math.floor(value.ms / 1_000);
      throw run.fail(`\`int\` cannot make a whole number of ${shown(value!)}`);
    },
  },
  double: {
    signature: 'double(number or text)',
    least: 1,
    call: (run, [value]) => {
      if (typeof value === 'number') return value;
      if (typeof value === 'string' && value.length < 400 && decimalNumber.test(value)) return run.number(Number(value));
      throw run.fail(`\`double\` cannot make a number of ${shown(value!)}`);
    },
  },
  bool: {
    signature: 'bool(boolean or text)',
    least: 1,
    call: (run, [value]) => {
      if (typeof value === 'boolean') return value;
      if (typeof value === 'string' && Object.hasOwn(truths, value)) return true;
      if (typeof value === 'string' && Object.hasOwn(untruths, value)) return false;
      throw run.fail(`\`bool\` cannot make a boolean of ${shown(value!)}`);
    },
  },
  json: { signature: 'json(value)', least: 1, call: (run, [value]) => jsonText(run, value!) },
  parseJson: {
    signature: 'parseJson(text)',
    least: 1,
    call: (run, [value]) => {
      const text = run.text(value!, '`parseJson`');
      run.makeText(Math.min(text.length, expressionLimits.textLength) * 4);
      return parsedJson(run, text);
    },
  },
};

function shown(value: Parameters<typeof kindOf>[0]): string {
  return typeof value === 'string' ? JSON.stringify(value.slice(0, 50)) : kindOf(value);
}
