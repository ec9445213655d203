import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { TaskTokens } from './task-token.ts';

const subject = { executionId: '0190a', path: 'each[3]/ask:it', attempt: 2 };

describe('task tokens', () => {
  it('name their step again', () => {
    const tokens = new TaskTokens('key');
    expect(tokens.verify(tokens.issue(subject))).toEqual(subject);
  });

  it('are worth nothing under another key, or changed in any place', () => {
    const token = new TaskTokens('key').issue(subject);
    expect(new TaskTokens('other').verify(token)).toBeUndefined();
    fc.assert(
      fc.property(fc.nat(token.length - 2), fc.constantFrom('A', 'b', '7', '.'), (place, letter) => {
        const changed = token.slice(0, place) + letter + token.slice(place + 1);
        expect(changed === token || new TaskTokens('key').verify(changed) === undefined).toBe(true);
      }),
    );
  });

  it('are refused without an exception when they are anything else', () => {
    fc.assert(fc.property(fc.string(), (text) => expect(new TaskTokens('key').verify(text)).toBeUndefined()));
  });
});
