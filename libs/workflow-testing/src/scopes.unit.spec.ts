import { expect, it } from '@jest/globals';
import { workflow } from '@jetsaga/client';
import { Outcome, TerminalError } from '@jetsaga/worker';
import { takes } from './stub.ts';
import { testWorkflow } from './test-workflow.ts';

const fan = workflow('Fan').map('each', { items: '{{ input.list }}', strategy: 'best_effort', maxConcurrency: 2 }, (body) =>
  body
    .node('load', 'load', { config: { item: '{{ item }}' }, timeout: '10s', retry: { retries: 0 } })
    .node('keep', 'aggregate', { dependencies: [{ node: 'load', on: 'good' }], config: '{{ load.output }}' }),
);

it('runs the bodies of maps, with what is said of their nodes', async () => {
  const run = await testWorkflow(fan, {
    input: { list: [1, 2, 3, 4] },
    handlers: {
      load: ({ item }, { path, branches }) => {
        expect(branches).toEqual(['good']);
        if (item === 2) throw new TerminalError('BAD', path);
        return takes(item === 3 ? '1m' : '5s', new Outcome(item, 'good'));
      },
    },
  });
  expect(run).toMatchObject({ status: 'COMPLETED', output: [1, null, null, 4], durationMs: 10_000 });
  expect(run.step('each[2]/load')).toMatchObject({ status: 'FAILED', error: { code: 'TIMEOUT' } });
  expect(run.taken).toContain('each[3]/keep');
});
