import { describe, expect, it } from '@jest/globals';
import type { Json } from '@jetsaga/contracts';
import { failureOf, valueOf, type World } from '../../test/evaluate.ts';

const world: World = {
  input: {
    n: 3,
    half: 0.5,
    nothing: null,
    name: 'Ann',
    xs: [1, 2, 3],
    users: [{ name: 'a', age: 20 }, { name: 'b' }],
    map: { k: 1 },
  },
  nodes: {
    parse: { output: { documentId: 'd1' } },
    'fetch-data': { output: [1] },
    failed: { error: { code: 'BOOM', message: 'no' } },
    size: { output: 5 },
  },
  locals: { item: { q: 7 } },
  execution: { id: 'e1' },
};

function table(rows: Readonly<Record<string, Json>>): void {
  it.each(Object.entries(rows))('%s', (source, expected) => expect(valueOf(source, world)).toEqual(expected));
}

describe('numbers are one type', () => {
  table({
    'input.n * 2': 6,
    'size(input.xs) + 1.5': 4.5,
    '7 / 2': 3.5,
    '6 / 2': 3,
    '7 % 4': 3,
    '7.5 % 2': 1.5,
    '-input.n': -3,
    '1 == 1.0': true,
    '2 > 1.5': true,
    '1 in [1.0]': true,
    '0x10 + 1': 17,
    '5u + 1': 6,
    '-(0 * 1)': 0,
    'input.xs[1.0]': 2,
    'double("1e3")': 1000,
    '9007199254740990 + 1': 9007199254740991,
  });

  it.each([
    '9007199254740991 + 1',
    '-9007199254740991 - 2',
    '9e15 * 9e15',
    'int("9007199254740993")',
    'double("1e16")',
    'sum([9007199254740991, 1])',
  ])('%s is beyond 2^53', (source) =>
    expect(failureOf(source)).toMatchObject({ code: 'EXPRESSION_FAILED', message: expect.stringContaining('2^53') }),
  );

  it.each(['1 / 0', '1 % 0', '0.0 / 0.0'])('%s is a division by zero', (source) => {
    expect(failureOf(source)).toMatchObject({ code: 'EXPRESSION_FAILED', message: expect.stringContaining('division by zero') });
  });
});

describe('references', () => {
  table({
    'parse.output.documentId': 'd1',
    'parse.output["documentId"]': 'd1',
    'nodes.parse.output.documentId': 'd1',
    'nodes["fetch-data"].output[0]': 1,
    'parse.branch': null,
    'parse.attempt': 1,
    'failed.error.code': 'BOOM',
    failed: { branch: null, error: { code: 'BOOM', message: 'no' }, attempt: 1 },
    'size.output + size("ab")': 7,
    'item.q': 7,
    'execution.id': 'e1',
    'input[input.xs[0] == 1 ? "name" : "n"]': 'Ann',
    'input.users[0].name': 'a',
    '{"1": "one"}[1]': 'one',
    '(input).n': 3,
  });

  it.each([
    'input.missing',
    'input.missing.deeper',
    'input.nothing.member',
    'input.name.member',
    'input.xs[3]',
    'input.xs[-1]',
    'input.xs.k',
    'failed.output',
    'input.map["no"]',
    'first([])',
    'input.xs.filter(x, x > 9)[0]',
  ])('%s yields nothing', (source) =>
    expect(failureOf(source, world)).toMatchObject({ code: 'UNRESOLVED_REFERENCE', expression: source }),
  );

  it('names the reference and where it ends', () => {
    const { message } = failureOf('upper(parse.output.title.short)', world);
    expect(message).toBe(
      '`parse.output.title.short` in `upper(parse.output.title.short)` yields nothing: `parse.output` has no `title`; ' +
        'default(…, …) and has(…) are the way around',
    );
  });

  it.each(['input.xs[0.5]', 'input.xs[true]', 'input.name[0]', '1[0]'])('%s is a failure, not an absence', (source) => {
    expect(failureOf(source, world).code).toBe('EXPRESSION_FAILED');
  });
});

describe('has and default', () => {
  table({
    'has(input.n)': true,
    'has(input.nothing)': true,
    'has(input.nothing.deeper)': false,
    'has(input.a.b.c)': false,
    'has(input["n"])': true,
    'has(input.xs[2])': true,
    'has(input.xs[3])': false,
    'has(failed.output)': false,
    'has(failed.output.a.b)': false,
    'has(nodes["fetch-data"].output)': true,
    'has(input.users.filter(u, u.age > 90)[0].name)': false,
    'default(input.n, 1)': 3,
    'default(input.nothing, 1)': 1,
    'default(input.a.b.c, input.n)': 3,
    'default(failed.output, "x")': 'x',
    'default(upper(input.missing), "x")': 'x',
    'default(input.missing, default(input.nothing, 2))': 2,
    'default(input.n, 1 / 0)': 3,
    'default(first([]), 0)': 0,
    'default(false, true)': false,
    'input.users.map(u, default(u.age, 0))': [20, 0],
  });

  it('default gives up when both yield nothing', () => {
    expect(failureOf('default(input.a, input.b)', world).code).toBe('UNRESOLVED_REFERENCE');
  });

  it('default does not hide what is wrong', () => {
    expect(failureOf('default(input.nothing + 1, 0)', world).code).toBe('EXPRESSION_FAILED');
  });
});

describe('logic', () => {
  table({
    'input.n > 2 && input.half < 1': true,
    '!(input.n == 3)': false,
    'input.n == 3 ? "yes" : input.missing': 'yes',
    'true || input.missing': true,
    'input.missing || true': true,
    'false && input.missing': false,
    'input.missing > 1 && false': false,
    '"b" > "a"': true,
    'true > false': true,
    '"2026-01-02" > "2025-12-31"': true,
    '"a" == 1': false,
    'null == input.nothing': true,
    '[1, {"a": [2]}] == [1.0, {"a": [2.0]}]': true,
    '{"a": 1, "b": 2} == {"b": 2, "a": 1}': true,
    '{"a": 1} == {"a": 1, "b": 2}': false,
    '{"a": 1} != {"b": 1}': true,
    '"k" in input.map': true,
    '"constructor" in input.map': false,
    '4 in input.xs': false,
    '"a" + "b"': 'ab',
    '[1] + [2, "x"]': [1, 2, 'x'],
    '{"a" + "b": 1, 2: 3}': { ab: 1, '2': 3 },
  });

  it.each([
    'input.nothing + 1',
    '"a" + 1',
    '1 < "2"',
    'null < null',
    '!1',
    '1 && true',
    'input.n ? 1 : 2',
    '-"a"',
    '[1] - [1]',
    '1 in 2',
    '{[1]: 2}',
    'input.map * 2',
  ])('%s fails', (source) => {
    const failure = failureOf(source, world);
    expect(failure).toMatchObject({ code: 'EXPRESSION_FAILED', expression: source });
    expect(failure.message).toContain(source);
  });

  it('an operand that fails counts when the other one does not decide', () => {
    expect(failureOf('input.missing || false', world).code).toBe('UNRESOLVED_REFERENCE');
    expect(failureOf('true && 1 / 0 > 1', world).code).toBe('EXPRESSION_FAILED');
  });
});

describe('macros', () => {
  table({
    'input.xs.map(x, x * 2)': [2, 4, 6],
    'input.xs.map(x, x > 1, x * 2)': [4, 6],
    'input.xs.filter(x, x != 2)': [1, 3],
    'input.xs.all(x, x > 0)': true,
    'input.xs.exists(x, x == 2)': true,
    'input.xs.exists_one(x, x > 1)': false,
    'input.xs.exists_one(x, x > 2)': true,
    'input.map.map(k, k)': ['k'],
    'input.map.all(k, input.map[k] == 1)': true,
    'input.users.exists(u, u.age > 10)': true,
    'input.users.filter(u, has(u.age)).map(u, u.name)': ['a'],
    'input.xs.map(x, input.xs.map(y, x * y))': [
      [1, 2, 3],
      [2, 4, 6],
      [3, 6, 9],
    ],
    'input.xs.map(x, input.xs.filter(x, x > 2))': [[3], [3], [3]],
    'input.xs.map(x, [x].map(y, x + y)[0] + x)': [3, 6, 9],
    'input.xs.map(parse, parse)': [1, 2, 3],
    '[].all(x, x > 0)': true,
    '[].exists(x, x > 0)': false,
  });

  it('a quantifier that nothing decides fails like its element', () => {
    expect(failureOf('input.users.all(u, u.age > 10)', world).code).toBe('UNRESOLVED_REFERENCE');
    expect(failureOf('input.users.exists(u, u.age > 30)', world).code).toBe('UNRESOLVED_REFERENCE');
  });

  it.each(['input.n.map(x, x)', 'input.nothing.all(x, true)', 'input.xs.filter(x, x)'])('%s fails', (source) => {
    expect(failureOf(source, world).code).toBe('EXPRESSION_FAILED');
  });
});

describe('time', () => {
  table({
    'timestamp("2026-01-02T03:04:05Z")': '2026-01-02T03:04:05.000Z',
    'timestamp("2026-01-02T03:04:05+02:00")': '2026-01-02T01:04:05.000Z',
    'timestamp("2026-01-02") == timestamp("2026-01-02T00:00:00Z")': true,
    'timestamp(0)': '1970-01-01T00:00:00.000Z',
    'timestamp(1700000000000) == timestamp(1700000000)': true,
    'timestamp("2026-01-02T00:00:00Z") + duration("1h30m")': '2026-01-02T01:30:00.000Z',
    'timestamp("2026-01-02T00:00:00Z") - timestamp("2026-01-01T00:00:00Z")': '86400s',
    'timestamp("2026-01-02T00:00:00Z") - duration("1d") < timestamp("2026-01-02T00:00:00Z")': true,
    'duration("90m") > duration("1h")': true,
    'duration("1.5s") + duration(1)': '2500ms',
    '-duration("30s")': '-30s',
    '[timestamp(0), {"t": duration("1m")}]': ['1970-01-01T00:00:00.000Z', { t: '60s' }],
    'string(timestamp(0)) + json([duration("1s")])': '1970-01-01T00:00:00.000Z["1s"]',
    'int(timestamp("1970-01-01T00:01:00Z"))': 60,
    'timestamp("2026-03-04T05:06:07.008Z").getFullYear()': 2026,
    'timestamp("2026-03-04T05:06:07.008Z").getMonth()': 2,
    'timestamp("2026-03-04T05:06:07.008Z").getDayOfMonth()': 3,
    'timestamp("2026-03-04T05:06:07.008Z").getDate()': 4,
    'timestamp("2026-03-04T05:06:07.008Z").getDayOfWeek()': 3,
    'timestamp("2026-03-04T05:06:07.008Z").getDayOfYear()': 62,
    'timestamp("2026-03-04T05:06:07.008Z").getHours()': 5,
    'duration("90m").getMinutes()': 90,
    'has(timestamp(0).ms)': false,
  });

  it.each([
    'timestamp("soon")',
    'timestamp("2026-13-01")',
    'timestamp(1e15)',
    'duration("1 hour")',
    'duration("P1D")',
    'duration(1e15)',
    'timestamp("9999-12-31T23:59:59Z") + duration("1d")',
    '"2026-01-01".getHours()',
    'timestamp(0) + 1',
  ])('%s fails', (source) => expect(failureOf(source).code).toBe('EXPRESSION_FAILED'));
});
