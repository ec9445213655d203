import type { BlobStore } from '@jetsaga/storage';
import type { AnyHandler } from '@jetsaga/worker';
import { buildDataset } from './build-dataset.handler.ts';

/** What the handlers of this service work with. */
export interface TrainingDependencies {
  readonly store: BlobStore;
}

export function trainingHandlers({ store }: TrainingDependencies): AnyHandler[] {
  return [buildDataset(store)];
}
