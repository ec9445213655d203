import { stepPath, type StepRecord } from '@jetsaga/contracts';

/** The decision concerns steps that were not loaded: load all of the execution, and decide again. */
export class AllStepsNeeded extends Error {
  override readonly name = 'AllStepsNeeded';

  constructor(executionId: string) {
    super(`all steps of execution ${executionId} are needed`);
  }
}

/**
 * What the items of a map came to is needed: load the outputs of those of its item scopes that are COMPLETED as `{ <scope>: output }`,
 * hand them over among the opened claim checks under `key`, and decide again.
 */
export class ItemOutputsNeeded extends Error {
  override readonly name = 'ItemOutputsNeeded';
  readonly executionId: string;
  readonly scopes: readonly string[];
  readonly key: string;

  constructor(map: StepRecord, scopes: readonly string[]) {
    super(`the outputs of the ${scopes.length} items of ${map.node} are needed`);
    this.executionId = map.executionId;
    this.scopes = scopes;
    this.key = itemOutputsKey(map);
  }
}

/** The generation grows when the map is done once more. */
export function itemOutputsKey({ executionId, scope, node, generation }: StepRecord): string {
  return `outputs:${executionId}:${stepPath(scope, node)}:${generation}`;
}
