import { describe, expect, it } from '@jest/globals';
import type { Json } from '@jetsaga/contracts';
import {
  compileExpression,
  ExpressionFailure,
  expressionFunctions,
  globalMacros,
  listMacros,
  type NodeView,
} from '@jetsaga/workflow';
import { fencedBlocks, section, tableRows } from './markdown.ts';
import { readText } from './repository.ts';

const page = section(readText('docs/expressions.md'), '## Operators and functions');
const world = JSON.parse(fencedBlocks(page).find(({ language }) => language === 'json')!.text) as {
  input: Json;
  fetch: { output: Json };
};
const rows = tableRows(page);
const examples = rows
  .flat()
  .flatMap((cell) => [...cell.matchAll(/`([^`]+)` → `([^`]+)`/g)])
  .map((match): [string, string] => [match[1]!, match[2]!]);

function valueOrCode(source: string): Json {
  const fetch: NodeView = { output: world.fetch.output, branch: null, attempt: 1 };
  try {
    return compileExpression(source, { nodeIds: new Set(['fetch']), locals: [], secrets: 'refused' }).evaluate({
      input: world.input,
      node: (id) => (id === 'fetch' ? fetch : undefined),
      locals: {},
      opened: () => undefined,
    });
  } catch (error) {
    if (error instanceof ExpressionFailure) return error.code;
    throw error;
  }
}

function expected(text: string): Json {
  return /^[A-Z_]+$/.test(text) ? text : (JSON.parse(text) as Json);
}

describe('examples of expressions', () => {
  it.each(examples)('%s → %s', (source, result) => expect(valueOrCode(source)).toEqual(expected(result)));

  it('there is one for each function', () => {
    const shown = new Set(rows.map(([first]) => /^`(\w+)/.exec(first ?? '')?.[1]));
    expect([...expressionFunctions.keys(), ...globalMacros, ...listMacros].filter((name) => !shown.has(name))).toEqual([]);
  });

  it('none is of a function that is not there', () => {
    const known = new Set<string>([...expressionFunctions.keys(), ...globalMacros]);
    const documented = rows.flatMap(([first]) => /^`(\w+)\(/.exec(first ?? '')?.[1] ?? []);
    expect(documented.filter((name) => !known.has(name))).toEqual([]);
  });
});
