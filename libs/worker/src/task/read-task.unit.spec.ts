import { describe, expect, it } from '@jest/globals';
import { taskMessageId, type Task } from '@jetsaga/contracts';
import { readTask, taskOfMessageId } from './read-task.ts';

const task: Task = {
  v: 1,
  executionId: 'e',
  workflow: 'w',
  version: 1,
  path: 'each[3]/a',
  attempt: 2,
  dispatch: 1,
  kind: 'run',
  handler: 'h',
  config: { a: [1] },
  idempotencyKey: 'k',
  token: 't',
  timeoutMs: 1,
  scheduledAt: 1,
};

it('reads a task, and sees whether it may hold references', () => {
  expect(readTask(JSON.stringify(task))).toEqual({ task, mayHoldReferences: false });
  const holding = { ...task, config: { a: { $ref: 'blob:x', size: 1, mediaType: 'm' } } };
  expect(readTask(JSON.stringify(holding))).toEqual({ task: holding, mayHoldReferences: true });
});

it.each(['', 'null', '[]', '{', JSON.stringify({ ...task, v: 2 }), JSON.stringify({ ...task, attempt: 0 })])(
  'cannot read %s',
  (text) => {
    expect(readTask(text)).toEqual({ unreadable: expect.any(String) });
  },
);

describe('whose task it is', () => {
  it('is in the message id', () => {
    expect(taskOfMessageId(taskMessageId('e', 'each[3]/a', 2, 7))).toEqual({ executionId: 'e', path: 'each[3]/a', attempt: 2 });
  });

  it.each([undefined, '', 'a', 'a:b', 'a:b:c:d', 'a:b:0:1', ':b:1:1', 'a::1:1', 'a:b:99999999999999999999:1'])(
    'is not in %s',
    (id) => {
      expect(taskOfMessageId(id)).toBeUndefined();
    },
  );
});
