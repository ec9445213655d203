import { describe, expect, it } from '@jest/globals';
import { given } from '../../test/definition.ts';

const saga = `
- id: each
  handler: map
  items: "{{ input.xs }}"
  nodes:
    - id: g
      handler: group
      nodes:
        - { id: book, handler: work, config: { x: "{{ item }}" }, compensate: { handler: work, config: { undo: "{{ item }}" } } }
- { id: pay, handler: work, dependencies: [each] }`;
const book = (n: number) => `each[${n}]/g/book`;

function booked() {
  const story = given(saga, { input: { xs: ['p', 'q'] } });
  return story.completes(book(0)).completes(book(1)).timerFires('map', 'each');
}

describe('compensation', () => {
  it('reaches into maps and groups, the last to complete first', () => {
    const story = booked().fails('pay');
    expect(story.status).toBe('COMPENSATING');
    expect([story.statusOf(book(0)), story.statusOf(book(1))]).toEqual(['COMPLETED', 'COMPENSATING']);
    story.completes(book(1));
    expect(story.statusOf(book(0))).toBe('COMPENSATING');
    story.completes(book(0));
    expect(story.status).toBe('FAILED');
  });

  it('waits for attempts inside that were told to stop, and undoes what they turn out to have done', () => {
    const story = given(saga, { input: { xs: ['p', 'q'] } })
      .completes(book(0))
      .starts(book(1))
      .isCancelled();
    expect(story.status).toBe('COMPENSATING');
    expect(story.statusOf(book(1))).toBe('CANCELLED');
    story.completes(book(1));
    expect(story.statusOf(book(1))).toBe('COMPENSATING');
    expect(story.completes(book(1)).completes(book(0)).status).toBe('CANCELLED');
  });
});

describe('retry', () => {
  it('does the items again that failed, and keeps those that completed', () => {
    const story = given(saga.replace(/, compensate: .*/, ' }'), { input: { xs: ['p', 'q', 'r'] } });
    story.completes(book(0), 0).fails(book(1)).completes(book(2), 2);
    expect(story.status).toBe('FAILED');
    story.commands({ kind: 'retry', input: {} });
    expect(story.statuses).toMatchObject({ each: 'RUNNING', pay: 'PENDING' });
    expect([0, 1, 2].map((n) => story.statusOf(book(n)))).toEqual(['COMPLETED', 'QUEUED', 'COMPLETED']);
    expect(story.step(book(1))).toMatchObject({ attempt: 2, config: { x: 'q' } });
    story.completes(book(1), 1).timerFires('map', 'each');
    expect(story.step('each').output).toEqual([{ book: 0 }, { book: 1 }, { book: 2 }]);
    expect(story.completes('pay').status).toBe('COMPLETED');
  });

  it('begins with the items that had not begun', () => {
    const story = given(
      saga.replace(/, compensate: .*/, ' }').replace('map\n', 'map\n  mode: sequential\n  strategy: fail_fast\n'),
      {
        input: { xs: ['p', 'q'] },
      },
    );
    story.fails(book(0));
    expect(story.status).toBe('FAILED');
    story.commands({ kind: 'retry', input: {} });
    story.completes(book(0), 0).completes(book(1), 1).timerFires('map', 'each').completes('pay');
    expect(story.status).toBe('COMPLETED');
    expect(story.step('each').output).toEqual([{ book: 0 }, { book: 1 }]);
  });

  it('does what was undone inside again, and all that hangs on it', () => {
    const story = booked().fails('pay').completes(book(1)).completes(book(0));
    expect(story.status).toBe('FAILED');
    story.commands({ kind: 'retry', input: {} });
    expect([story.statusOf(book(0)), story.statusOf(book(1))]).toEqual(['QUEUED', 'QUEUED']);
    story.completes(book(0), 10).completes(book(1), 11).timerFires('map', 'each').completes('pay');
    expect(story.status).toBe('COMPLETED');
    expect(story.step('each').output).toEqual([{ book: 10 }, { book: 11 }]);
  });
});

describe('pause', () => {
  it('lets nothing begin inside either, and goes on where it was', () => {
    const story = given(saga.replace('map\n', 'map\n  mode: sequential\n'), { input: { xs: ['p', 'q'] } });
    story.commands({ kind: 'pause' });
    story.completes(book(0));
    expect(story.statusOf(book(1))).toBe('PENDING');
    story.commands({ kind: 'resume' });
    expect(story.statusOf(book(1))).toBe('QUEUED');
  });
});
