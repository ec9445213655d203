import { isClaimCheck, isSettledStep, stepPath, type Json, type StepRecord } from '@jetsaga/contracts';
import { ClaimCheckNeeded } from '../expression/expression.ts';
import type { Draft } from './draft.ts';
import type { ScopeView } from './scope-view.ts';

/*
 * Every scope but the root has a record of its own beside its steps: one without a node. That of an item holds the item, so that its
 * steps need not look into the list; that at a map's path counts its items (map-progress.ts). `error` on an open record: the scope is
 * failing.
 */

export function openScopeRecord(draft: Draft, scope: string, config?: Json): StepRecord {
  return {
    executionId: draft.execution.id,
    scope,
    node: '',
    status: 'RUNNING',
    handler: 'scope',
    queue: null,
    attempt: 1,
    generation: 0,
    dispatch: 0,
    ...(config !== undefined && { config }),
    branch: null,
    queuedAt: draft.moment.at,
    startedAt: draft.moment.at,
    finishedAt: null,
    worker: null,
    waitingFor: null,
    settledSeq: null,
  };
}

/** Whether anything is still decided in the scope. */
export function isScopeOpen(draft: Draft, { path, owner }: Pick<ScopeView, 'path' | 'owner'>): boolean {
  if (owner === null) return true;
  const { record } = draft.steps.in(path);
  return record !== undefined && !isSettledStep(record.status);
}

/** The scope is bound to end otherwise than COMPLETED: only clean-up work goes on. */
export function isWindingDown(draft: Draft, view: ScopeView): boolean {
  if (view.owner === null) return draft.execution.ending !== null;
  return draft.steps.in(view.path).record?.error !== undefined || !isScopeOpen(draft, view);
}

/** The item of a map that a scope is the body of, and what its index is: a number in a list, a name in an object. */
export function itemOf(draft: Draft, scope: string): { readonly item: Json; readonly index: number | string } {
  return draft.steps.in(scope).record?.config as unknown as { item: Json; index: number | string };
}

/** What a map goes through: the list or object as it was given, and which of it passed the filter. */
export interface MapItems {
  readonly items: readonly Json[] | { readonly [key: string]: Json };
  readonly selected?: readonly number[];
}

/** Throws ClaimCheckNeeded. */
export function mapItems(draft: Draft, map: Pick<StepRecord, 'config' | 'scope' | 'node'>): MapItems {
  const config = map.config ?? null;
  if (!isClaimCheck(config)) return config as unknown as MapItems;
  const opened = draft.opened.get(config.$ref);
  if (opened === undefined) throw new ClaimCheckNeeded(config);
  return opened as unknown as MapItems;
}

/** The scope's record, by the path of its owner. */
export function mapRecord(draft: Draft, map: StepRecord): StepRecord | undefined {
  return draft.steps.in(stepPath(map.scope, map.node)).record;
}
