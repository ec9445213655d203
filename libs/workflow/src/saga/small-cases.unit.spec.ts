import { describe, expect, it } from '@jest/globals';
import { given } from '../../test/definition.ts';

/** The table of small cases in the page on the workflow language, row by row. */
describe('the small cases of the workflow language', () => {
  it('charge → cleanup (settled); charge fails: cleanup runs, execution FAILED', () => {
    const story = given(`
- { id: charge, handler: work }
- { id: cleanup, handler: work, dependencies: [charge], join: settled }`);
    story.fails('charge');
    expect(story.statuses).toEqual({ charge: 'FAILED', cleanup: 'QUEUED' });
    expect(story.state.execution).toMatchObject({
      status: 'RUNNING',
      ending: { status: 'FAILED', compensate: true, error: { code: 'BROKEN', path: 'charge' } },
    });
    story.completes('cleanup');
    expect(story.status).toBe('FAILED');
    expect(story.error).toMatchObject({ code: 'BROKEN', path: 'charge' });
  });

  const eitherOr = `
- { id: a, handler: work }
- { id: b, handler: work }
- { id: c, handler: work, dependencies: [a, b], join: any }`;

  it('a, b → c (any); a fails, b completes: c runs once, COMPLETED, in either order', () => {
    for (const story of [given(eitherOr).fails('a').completes('b'), given(eitherOr).completes('b').fails('a')]) {
      story.completes('c', 'fine');
      expect(story.status).toBe('COMPLETED');
      expect(story.output).toBe('fine');
      expect(story.dispatched).toEqual(['a#1.1', 'b#1.1', 'c#1.1']);
    }
  });

  it('a, b → c (any); both fail: the second failure is absorbed by nobody', () => {
    const story = given(eitherOr).fails('a').fails('b');
    expect(story.status).toBe('FAILED');
    expect(story.error).toMatchObject({ path: 'b' });
    expect(story.statuses).toEqual({ a: 'FAILED', b: 'FAILED', c: 'CANCELLED' });
  });

  const handled = `
- { id: check, handler: check_stock }
- { id: x, handler: work }
- { id: y, handler: work, dependencies: [{ node: check, on: "true" }] }
- { id: h, handler: work, dependencies: [{ node: x, on: failure }, y] }`;

  it('x –failure→ h ← y; x fails, y SKIPPED: h runs, failure absorbed', () => {
    const story = given(handled).fails('x').completes('check', null, { branch: 'false' }).completes('h');
    expect(story.statuses).toEqual({ check: 'COMPLETED', x: 'FAILED', y: 'SKIPPED', h: 'COMPLETED' });
    expect(story.status).toBe('COMPLETED');
  });

  it('x –failure→ h ← y; x fails, y fails too: y’s failure is not absorbed: FAILED, in either order', () => {
    const begun = () => given(handled).completes('check', null, { branch: 'true' });
    for (const story of [begun().fails('x').fails('y'), begun().fails('y').fails('x')]) {
      expect(story.status).toBe('FAILED');
      expect(story.error).toMatchObject({ path: 'y' });
      expect(story.statusOf('h')).toBe('CANCELLED');
    }
  });

  it('check –true→ a → z ← b ←false– check: z runs after the arm that was taken', () => {
    const story = given(`
- { id: check, handler: check_stock }
- { id: a, handler: work, dependencies: [{ node: check, on: "true" }] }
- { id: b, handler: work, dependencies: [{ node: check, on: "false" }] }
- { id: z, handler: work, dependencies: [a, b] }`);
    story.completes('check', null, { branch: 'true' });
    expect(story.statuses).toEqual({ check: 'COMPLETED', a: 'QUEUED', b: 'SKIPPED', z: 'PENDING' });
    story.completes('a');
    expect(story.statusOf('z')).toBe('QUEUED');
    expect(story.completes('z').status).toBe('COMPLETED');
  });

  it('a SKIPPED, b –always→ from a: b SKIPPED, nothing was done that could be followed up', () => {
    const story = given(`
- { id: check, handler: check_stock }
- { id: a, handler: work, dependencies: [{ node: check, on: "true" }] }
- { id: b, handler: work, dependencies: [{ node: a, on: always }] }`);
    story.completes('check', null, { branch: 'false' });
    expect(story.statuses).toEqual({ check: 'COMPLETED', a: 'SKIPPED', b: 'SKIPPED' });
    expect(story.status).toBe('COMPLETED');
  });
});
