import { expect, it } from '@jest/globals';
import { datasetLines } from './dataset-lines.ts';

it.each([
  [
    'JSON Lines',
    '{"a":1}\n{"a":2}',
    [
      [1, { a: 1 }],
      [2, { a: 2 }],
    ],
  ],
  [
    'Windows line ends, a byte order mark, empty lines',
    '\ufeff{"a":1}\r\n\r\n{"a":2}\r\n',
    [
      [1, { a: 1 }],
      [3, { a: 2 }],
    ],
  ],
  [
    'a list',
    ' [{"a":1},\n{"a":2}]',
    [
      [1, { a: 1 }],
      [2, { a: 2 }],
    ],
  ],
  [
    'lines that are lists',
    '[1]\n[2]',
    [
      [1, [1]],
      [2, [2]],
    ],
  ],
  ['nothing', '', []],
])('reads %s', (_what, text, expected) => {
  const lines = [...datasetLines(text)].map((each) => ('value' in each ? [each.line, each.value] : [each.line, each.reason]));
  expect(lines).toEqual(expected);
});

it('names the lines that cannot be read, and goes on', () => {
  const [one, two] = datasetLines('{"a":\n{"a":2}');
  expect(one).toEqual({ line: 1, reason: expect.stringContaining('is no JSON') });
  expect(two).toEqual({ line: 2, value: { a: 2 } });
});
