import { describe, expect, it } from '@jest/globals';
import { stepResultSchema, type Json } from '@jetsaga/contracts';
import { RetryableError, TerminalError } from '../handler-errors.ts';
import { stepFailure } from './step-failure.ts';

const cyclic: { [key: string]: Json } = {};
cyclic['self'] = cyclic;
let deep: Json = 1;
for (let level = 0; level < 20_000; level += 1) deep = [deep];

describe('whatever is thrown', () => {
  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['a number', 7],
    ['an object', { a: 1 }],
    ['an object that names itself', { code: 'ODD', message: 'odd', retryable: false }],
    ['an empty code', new TerminalError('', 'm')],
    ['an endless code', new TerminalError('X'.repeat(200), 'm')],
    ['a code with spaces', new RetryableError('not a code', 'm')],
    ['an endless message', new Error('x'.repeat(1_000_000))],
    ['a wait that is no number', new RetryableError('A', 'm', { retryAfterMs: Number.NaN })],
    ['an infinite wait', new RetryableError('A', 'm', { retryAfterMs: Number.POSITIVE_INFINITY })],
    ['a negative wait', new RetryableError('A', 'm', { retryAfterMs: -1 })],
    ['cyclic details', new TerminalError('A', 'm', { details: cyclic })],
    ['deep details', new TerminalError('A', 'm', { details: deep })],
    ['endless details', new TerminalError('A', 'm', { details: 'x'.repeat(1_000_000) })],
    ['details that are no JSON', new TerminalError('A', 'm', { details: { n: 1n } as unknown as Json })],
    ['details with holes', new TerminalError('A', 'm', { details: { a: undefined, b: Number.NaN } as unknown as Json })],
  ])('%s is a report of the contract’s form, after the way over the wire too', (_what, thrown) => {
    const times = { worker: 'w', startedAt: 1, finishedAt: 2 };
    const result = { v: 1, executionId: 'e', path: 'p', attempt: 1, outcome: 'failed', error: stepFailure(thrown), ...times };
    const text = JSON.stringify(result);
    expect(text.length).toBeLessThan(100_000);
    expect(stepResultSchema.parse(JSON.parse(text)).error?.code).toMatch(/^[A-Z_]+$/);
  });
});

it('keeps what errors say of themselves', () => {
  expect(stepFailure({ code: 'BLOB_NOT_FOUND', message: 'gone', retryable: false })).toEqual({
    code: 'BLOB_NOT_FOUND',
    message: 'gone',
    retryable: false,
  });
  expect(stepFailure(new RetryableError('A', 'm', { retryAfterMs: 5, definite: false, details: [1] }))).toEqual({
    code: 'A',
    message: 'm',
    details: [1],
    retryable: true,
    retryAfterMs: 5,
    definite: false,
  });
});
