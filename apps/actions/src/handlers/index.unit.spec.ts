import { expect, it } from '@jest/globals';
import { handlerProblems } from '@jetsaga/worker';
import { Agent } from 'undici';
import { actionsHandlers } from './index.ts';

it('every handler is as it has to be', () => {
  expect(handlerProblems(actionsHandlers({ agent: new Agent() }))).toEqual([]);
});
