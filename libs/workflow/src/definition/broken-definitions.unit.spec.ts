import { describe, expect, it } from '@jest/globals';
import { brokenDefinitionHandlers, brokenDefinitions, nodesText, stepText } from '@jetsaga/testing';
import { checkDefinition } from './check-definition.ts';
import { parseDefinition } from './parse-definition.ts';

function found(source: string, format?: 'yaml' | 'json') {
  const { definition, problems } = checkDefinition(parseDefinition(source, format), brokenDefinitionHandlers);
  expect(definition).toBeUndefined();
  return problems;
}

describe('a broken definition', () => {
  it.each(brokenDefinitions)('%s', (_, source, expected) => {
    expect(found(source).map(({ code, pointer, line }) => [code, pointer, line])).toEqual(expected);
  });

  it.each(brokenDefinitions.slice(0, -2))('in JSON: %s', (_, source, expected) => {
    const parsed = parseDefinition(source);
    const json = JSON.stringify(parsed.readable ? parsed.document : null, null, 2);
    const lines = json.split('\n');
    const problems = found(json, 'json');
    expect(problems.map(({ code, pointer }) => `${code} ${pointer}`).sort()).toEqual(
      expected.map(([code, pointer]) => `${code} ${pointer}`).sort(),
    );
    for (const { pointer, line } of problems) {
      const name = pointer.split('/').at(-1)!.replaceAll('~1', '/');
      const text = lines[line! - 1]!;
      if (!/^\d*$/.test(name) && expected.some(([, at]) => at === pointer)) {
        expect(text.includes(`"${name}"`) || pointer.endsWith('/config')).toBe(true);
      }
    }
  });

  it('has all its problems named at once, in the order of the document', () => {
    const source = [
      'name: Everything',
      'timeout: soon',
      'triggers:',
      '  - event: a..b',
      'dag:',
      '  nodes:',
      '    - id: first step',
      '      handler: fetch_dta',
      '      retry: { retries: many }',
      '    - id: second',
      '      handler: call_external_service',
      '      dependencies: [frist, { node: third, on: done }]',
      '      when: input.x ==',
      '      config: { url: "{{ third.output }}", method: 3 }',
      '    - { id: third, handler: fetch_data }',
      'output: { a: "{{ secrets.X }}" }',
    ].join('\n');
    expect(found(source).map(({ code, pointer, line }) => [code, pointer, line])).toEqual([
      ['INVALID_DURATION', '/timeout', 2],
      ['INVALID_FIELD', '/triggers/0/event', 4],
      ['INVALID_ID', '/dag/nodes/0/id', 7],
      ['UNKNOWN_HANDLER', '/dag/nodes/0/handler', 8],
      ['INVALID_FIELD', '/dag/nodes/0/retry/retries', 9],
      ['UNKNOWN_DEPENDENCY', '/dag/nodes/1/dependencies/0', 12],
      ['UNKNOWN_BRANCH', '/dag/nodes/1/dependencies/1/on', 12],
      ['INVALID_EXPRESSION', '/dag/nodes/1/when', 13],
      ['INVALID_CONFIG', '/dag/nodes/1/config/method', 14],
      ['SECRET_NOT_ALLOWED', '/output/a', 16],
    ]);
  });

  it('is told what was probably meant', () => {
    const hints = (source: string) => found(source).map(({ hint }) => hint);
    expect(hints(nodesText('- id: a\n  handler: fetc_data'))).toEqual(['did you mean `fetch_data`?']);
    expect(hints(stepText('dependancies: []'))).toEqual(['did you mean `dependencies`?']);
    expect(
      hints(nodesText('- { id: parse, handler: fetch_data }\n- { id: b, handler: fetch_data, dependencies: [prase] }')),
    ).toEqual(['did you mean `parse`?']);
    expect(hints(stepText('when: "{{ input.x }}"'))).toEqual(['this is CEL as it stands: leave out the braces']);
  });

  it('names the nodes of a cycle in the order in which they would run', () => {
    const source = nodesText(
      ['a: [c]', 'b: [a]', 'c: [b]', 'd: [c]']
        .map((line) => `- { id: ${line[0]}, handler: fetch_data, dependencies: ${line.slice(3)} }`)
        .join('\n'),
    );
    expect(found(source)).toMatchObject([{ code: 'CYCLE', message: expect.stringContaining('`a` → `b` → `c` → `a`') }]);
  });

  it('with too many nodes is refused as a whole', () => {
    const many = { name: 'x', dag: { nodes: Array.from({ length: 2_001 }, (_, n) => ({ id: `n${n}`, handler: 'nobody' })) } };
    expect(found(JSON.stringify(many))).toMatchObject([{ code: 'TOO_LARGE', pointer: '/dag/nodes', line: 1 }]);
  });

  it('with thousands of problems names the first thousand', () => {
    const many = { name: 'x', dag: { nodes: Array.from({ length: 1_500 }, (_, n) => ({ id: `n${n}`, handler: 'nobody' })) } };
    const problems = found(JSON.stringify(many));
    expect(problems).toHaveLength(1_001);
    expect(problems.at(-1)?.code).toBe('TOO_MANY_PROBLEMS');
  });
});
