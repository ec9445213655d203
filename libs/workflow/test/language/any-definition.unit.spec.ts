import { describe, expect, it, jest } from '@jest/globals';
import type { HandlerFacts, JsonObject } from '@jetsaga/contracts';
import fc from 'fast-check';
import { checkDefinition } from '../../src/definition/check-definition.ts';
import { compilePlan, PlanCorrupt } from '../../src/definition/compile-plan.ts';
import { parseDefinition } from '../../src/definition/parse-definition.ts';
import { compare } from './comparison.ts';
import { prophesy } from './oracle.ts';
import { playDefinition } from './play-definition.ts';
import { randomDefinitions } from './random-definition.ts';

/** How many definitions are tried; `pnpm verify:deep` tries many more. */
const numRuns = Number(process.env['PROPERTY_RUNS'] ?? 1_500);
jest.setTimeout(20_000 + numRuns * 20);

const work: HandlerFacts = { queue: 'work', branches: ['left', 'right'] };
const planOf = (document: JsonObject) => compilePlan({ document, key: 'random', version: 1 }, { work });

/** Whether this version compiles scopes: as soon as it does, they are tried. */
function hasScopes(): boolean {
  const body = { nodes: [{ id: 'inner', handler: 'aggregate' }] };
  try {
    planOf({ name: 'Scopes', dag: { nodes: [{ id: 'each', handler: 'map', items: [1], ...body }] } });
    return true;
  } catch (error) {
    if (error instanceof PlanCorrupt) return false;
    throw error;
  }
}

const scopes = hasScopes();
const definitions = randomDefinitions({ scopes });
const orders = fc.integer({ min: 1, max: 2_147_483_646 });

describe(`any definition${scopes ? ', scopes included' : ''}`, () => {
  it('ends as the oracle foresaw, whatever came first, twice or not at all', () => {
    fc.assert(
      fc.property(definitions, orders, ({ document, world }, order) => {
        const plan = planOf(document);
        const isCleanUp = (id: string) => plan.root.nodes.get(id)?.join === 'settled';
        compare(playDefinition(plan, world, order), prophesy(document, world), isCleanUp);
      }),
      { numRuns },
    );
  });

  it('is one that is accepted when it is applied', () => {
    fc.assert(
      fc.property(definitions, ({ document }) => {
        const { problems } = checkDefinition(parseDefinition(JSON.stringify(document), 'json'), new Map([['work', work]]));
        expect(problems).toEqual([]);
      }),
      { numRuns: Math.ceil(numRuns / 10) },
    );
  });
});
