/** The decision concerns steps that were not loaded: load all of the execution, and decide again. */
export class AllStepsNeeded extends Error {
  override readonly name = 'AllStepsNeeded';

  constructor(executionId: string) {
    super(`all steps of execution ${executionId} are needed`);
  }
}

/**
 * What the items of a map came to is needed: load the outputs of its item scopes that are COMPLETED as `{ <index>: output }`, hand them
 * over among the opened claim checks under `key`, and decide again.
 */
export class ItemOutputsNeeded extends Error {
  override readonly name = 'ItemOutputsNeeded';
  readonly executionId: string;
  /** Path of the map. */
  readonly path: string;

  constructor(executionId: string, path: string) {
    super(`the outputs of the items of ${path} are needed`);
    this.executionId = executionId;
    this.path = path;
  }

  get key(): string {
    return itemOutputsKey(this.executionId, this.path);
  }
}

export function itemOutputsKey(executionId: string, path: string): string {
  return `outputs:${executionId}:${path}`;
}
