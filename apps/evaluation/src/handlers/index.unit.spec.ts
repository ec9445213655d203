import { expect, it } from '@jest/globals';
import { createModelGateway } from '@jetsaga/ai';
import { handlerProblems } from '@jetsaga/worker';
import { evaluationHandlers } from './index.ts';

it('every handler is as it has to be', () => {
  expect(handlerProblems(evaluationHandlers({ gateway: createModelGateway({}) }))).toEqual([]);
});
