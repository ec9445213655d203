import {
  stepPath,
  type ErrorShape,
  type ExecutionRecord,
  type ExecutionStatus,
  type Json,
  type StepRecord,
} from '@jetsaga/contracts';

/** The decision concerns steps that were not loaded: load all of the execution, and decide again. */
export class AllStepsNeeded extends Error {
  override readonly name = 'AllStepsNeeded';

  constructor(executionId: string) {
    super(`all steps of execution ${executionId} are needed`);
  }
}

/**
 * A decision needs to know something that is not in the steps: find it out, hand it over among the opened claim checks under `key`, and
 * decide again. What it was needed for happens in that decision: it is asked for once.
 */
export abstract class ValueNeeded extends Error {
  abstract readonly key: string;
}

/** What the items of a map came to: the outputs of those of the item scopes that are COMPLETED, as `{ <scope>: output }`. */
export class ItemOutputsNeeded extends ValueNeeded {
  override readonly name = 'ItemOutputsNeeded';
  readonly executionId: string;
  readonly scopes: readonly string[];
  readonly key: string;

  constructor(map: StepRecord, scopes: readonly string[]) {
    super(`the outputs of the ${scopes.length} items of ${map.node} are needed`);
    this.executionId = map.executionId;
    this.scopes = scopes;
    this.key = valueKey('outputs', map);
  }
}

/** A child is to be started, once for the step and its generation: a ChildStarted. */
export class ChildStartNeeded extends ValueNeeded {
  override readonly name = 'ChildStartNeeded';
  readonly parent: ExecutionRecord;
  readonly path: string;
  readonly child: ChildRequest;
  /** The same for every try. */
  readonly startKey: string;
  readonly key: string;

  constructor(parent: ExecutionRecord, step: StepRecord, child: ChildRequest) {
    super(`${step.node} needs its child to be started`);
    this.parent = parent;
    this.path = stepPath(step.scope, step.node);
    this.child = child;
    this.startKey = `${parent.id}:${this.path}:${step.generation}`;
    this.key = valueKey('child', step);
  }
}

/** How the newest child of a step stands: a ChildEnd, and null where there is none. */
export class ChildEndNeeded extends ValueNeeded {
  override readonly name = 'ChildEndNeeded';
  readonly executionId: string;
  readonly path: string;
  readonly key: string;

  constructor(step: StepRecord) {
    super(`${step.node} needs to know how its child ended`);
    this.executionId = step.executionId;
    this.path = stepPath(step.scope, step.node);
    this.key = valueKey('child-end', step);
  }
}

export interface ChildRequest {
  readonly workflow: string;
  readonly version?: number;
  readonly input: Json;
}

export type ChildStarted = { readonly executionId: string } | { readonly error: ErrorShape };

export interface ChildEnd {
  readonly executionId: string;
  readonly status: ExecutionStatus;
  readonly output?: Json;
  readonly error?: ErrorShape;
}

/** The generation grows when a step is done once more. */
export function valueKey(what: 'outputs' | 'child' | 'child-end', { executionId, scope, node, generation }: StepRecord): string {
  return `${what}:${executionId}:${stepPath(scope, node)}:${generation}`;
}
