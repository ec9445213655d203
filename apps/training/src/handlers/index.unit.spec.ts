import { expect, it } from '@jest/globals';
import { openBlobStore } from '@jetsaga/storage';
import { handlerProblems } from '@jetsaga/worker';
import { trainingHandlers } from './index.ts';

it('every handler is as it has to be', async () => {
  expect(handlerProblems(trainingHandlers({ store: await openBlobStore('file:never-made') }))).toEqual([]);
});
