import type { Json } from '@jetsaga/contracts';
import { foreseeGroup, foreseeMap } from './body-oracle.ts';
import { isAbsorbed, joinOf } from './edge-oracle.ts';
import { conditionOf, templateOf, type Sight } from './expressions.ts';
import type { ForeseenScope, ForeseenStep, Outcomes, Place } from './foreseen.ts';
import { outputAt, type World } from './world.ts';
import type { WrittenNode } from './written-node.ts';

/** What all parts of one prophecy share. */
export interface Oracle {
  readonly world: World;
  /** Where more than one reading is possible. */
  readonly doubts: string[];
}

export function foreseeScope(nodes: readonly WrittenNode[], place: Place, oracle: Oracle): ForeseenScope {
  const steps = new Map<string, ForeseenStep>();
  for (let before = -1; steps.size > before;) {
    before = steps.size;
    for (const node of nodes) {
      const isDue = !steps.has(node.id) && node.dependencies.every((dependency) => steps.has(dependency.node));
      if (isDue) steps.set(node.id, foreseeStep(node, steps, place, oracle));
    }
  }
  const failed = nodes.filter((node) => steps.get(node.id)?.status === 'FAILED');
  const unabsorbed = failed.filter((node) => !isAbsorbed(node, nodes, steps)).map((node) => node.id);
  const { path, letsAllFinish } = place;
  return { path, steps, unabsorbed: new Set(unabsorbed), letsAllFinish };
}

const skipped: ForeseenStep = { status: 'SKIPPED', branch: null, outputs: [], scopes: [] };

function foreseeStep(node: WrittenNode, steps: ReadonlyMap<string, ForeseenStep>, place: Place, oracle: Oracle): ForeseenStep {
  if (!joinOf(node, steps)) return skipped;
  const sight: Sight = { input: oracle.world.input, steps, locals: place.locals, isHasty: node.join === 'any' };
  if (node.when !== undefined && conditionOf(node.when, sight) !== true) return skipped;
  const done = workOf(node, sight, place, oracle);
  if (done.status === 'FAILED' && node.onError === 'continue' && node.handler !== 'fail') {
    return { ...done, status: 'COMPLETED', branch: 'error', outputs: 'anything' };
  }
  if (done.status !== 'COMPLETED' || node.output === undefined) return done;
  const { output } = node;
  if (done.outputs === 'anything') return done;
  const reshaped = done.outputs.map((result) => templateOf(output, { ...sight, locals: { ...sight.locals, result } }));
  const isKnown = reshaped.every((one) => one !== 'anything');
  return { ...done, outputs: isKnown ? (reshaped.flat() as readonly Json[]) : 'anything' };
}

function workOf(node: WrittenNode, sight: Sight, place: Place, oracle: Oracle): ForeseenStep {
  const path = place.path === '' ? node.id : `${place.path}/${node.id}`;
  switch (node.handler) {
    case 'aggregate':
      return completed(templateOf(node.config, sight));
    case 'router': {
      const { routes, default: fallback } = node.config as { routes: { when: string; to: string }[]; default: string };
      const branch = routes.find(({ when }) => conditionOf(when, sight) === true)?.to ?? fallback;
      return completed([{ route: branch }], branch);
    }
    case 'fail':
      return failed;
    case 'group':
      return foreseeGroup(node, {
        path,
        sight,
        doubts: oracle.doubts,
        foresee: (inner) => foreseeScope(node.nodes, inner, oracle),
      });
    case 'map':
      return foreseeMap(node, {
        path,
        sight,
        doubts: oracle.doubts,
        foresee: (inner) => foreseeScope(node.nodes, inner, oracle),
      });
    default: {
      const { failuresFirst, then, branch } = oracle.world.behaviour(path);
      return failuresFirst > node.retries || then === 'fail' ? failed : completed([outputAt(path)], branch);
    }
  }
}

const failed: ForeseenStep = { status: 'FAILED', branch: null, outputs: [], scopes: [] };

function completed(outputs: Outcomes, branch: string | null = null): ForeseenStep {
  return { status: 'COMPLETED', branch, outputs, scopes: [] };
}
