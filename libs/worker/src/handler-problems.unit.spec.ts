import { expect, it } from '@jest/globals';
import { echo, strict } from '../test/test-handlers.ts';
import { handlerProblems } from './handler-problems.ts';

const described = { ...strict, description: { ...strict.description, description: 'Counts what is behind an address.' } };

it('finds nothing wrong with a good list', () => {
  expect(handlerProblems([described])).toEqual([]);
});

it.each([
  ['a name that is taken', [described, described], /strict: more than one/],
  [
    'an alias that is taken',
    [described, { ...described, description: { ...described.description, name: 'other', aliases: ['strict'] } }],
    /strict: more/,
  ],
  ['no description', [echo], /echo: it has no description/],
  [
    'an example that does not parse',
    [{ ...described, description: { ...described.description, example: {} } }],
    /its example does not parse/,
  ],
  [
    'a configuration that is no object',
    [{ ...described, description: { ...described.description, configSchema: { type: 'string' } } }],
    /no object/,
  ],
])('finds %s', (_what, handlers, problem) => {
  expect(handlerProblems(handlers).join('\n')).toMatch(problem);
});
