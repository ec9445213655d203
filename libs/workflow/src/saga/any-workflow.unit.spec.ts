import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { prophesy } from '../../test/oracle.ts';
import { play } from '../../test/play.ts';
import { randomEvents } from '../../test/random-event.ts';
import { randomWorkflows } from '../../test/random-workflow.ts';
import { Story } from '../../test/story.ts';
import { template } from '../../test/plan-builder.ts';
import type { Plan, PlanAction } from '../definition/plan.ts';
import { hasRun } from './step-record.ts';

const orders = fc.integer({ min: 1, max: 2_147_483_646 });
const numRuns = 1_000;

describe('any workflow, in any order of events', () => {
  it('ends as the oracle foresaw, whatever came first, twice or not at all', () => {
    fc.assert(
      fc.property(randomWorkflows, orders, (workflow, order) => {
        const story = play(workflow, order);
        const { statuses, unabsorbed } = prophesy(workflow.plan.root.nodes, workflow.behaviours);
        expect(story.status).toBe(unabsorbed.size > 0 ? 'FAILED' : 'COMPLETED');
        if (story.status === 'COMPLETED') expect(story.statuses).toEqual(Object.fromEntries(statuses));
        else expect([...unabsorbed]).toContain(story.error?.path);
        for (const step of story.state.steps.values()) {
          const isCleanUp = workflow.plan.root.nodes.get(step.node)?.join === 'settled';
          if (step.status === 'CANCELLED') expect(isCleanUp).toBe(false);
          else expect(step.status).toBe(statuses.get(step.node));
        }
      }),
      { numRuns },
    );
  });

  it('has the same steps completed with the same output in every order, when it completes', () => {
    fc.assert(
      fc.property(randomWorkflows, orders, orders, (workflow, order, another) => {
        const [one, two] = [play(workflow, order), play(workflow, another)];
        expect(one.status).toBe(two.status);
        if (one.status === 'COMPLETED') expect(one.output).toEqual(two.output);
      }),
      { numRuns: numRuns / 2 },
    );
  });

  it('ends and keeps every law also when attempts that were given up complete after all', () => {
    fc.assert(
      fc.property(randomWorkflows, orders, (workflow, order) => {
        const story = play(workflow, order, { lateCompletions: true });
        expect(['COMPLETED', 'FAILED']).toContain(story.status);
      }),
      { numRuns: numRuns / 2 },
    );
  });

  it('sends nothing after a cancel, and is over at once', () => {
    fc.assert(
      fc.property(randomWorkflows, orders, fc.nat(12), (workflow, order, cancelAfter) => {
        const before = play(workflow, order, { cancelAfter });
        if (before.status !== 'CANCELLED') return;
        const sent = before.dispatched.length;
        const commandAt = before.effects.findIndex(
          (effect) => effect.kind === 'history' && effect.entry.type === 'command.cancel',
        );
        expect(before.effects.slice(commandAt).filter((effect) => effect.kind === 'dispatch')).toEqual([]);
        expect(before.dispatched).toHaveLength(sent);
        expect([...before.state.steps.values()].filter((step) => hasRun(step) && step.finishedAt === null)).toEqual([]);
      }),
      { numRuns: numRuns / 2 },
    );
  });

  it('keeps every law whatever arrives, and throws at nothing', () => {
    const events = fc.array(randomEvents, { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(randomWorkflows, fc.boolean(), fc.boolean(), events, ({ plan }, timed, waits, arriving) => {
        const drawn = waits ? withWaits(plan) : plan;
        const story = new Story(timed ? withTimers(drawn) : drawn);
        for (const event of arriving) story.happens(event);
      }),
      { numRuns },
    );
  });
});

/** What gathers waits instead: for a signal, or for an event. */
function withWaits(plan: Plan): Plan {
  const config = template(() => ({ name: 'go', event: 'x', timeout: '1m' }));
  const signal: PlanAction = { kind: 'wait_for_signal', condition: null, config };
  const event: PlanAction = { kind: 'wait_for_event', filter: null, config, interest: { pattern: 'x', paths: '' } };
  const nodes = [...plan.root.nodes].map(([id, node], index) => {
    const action = index % 2 === 0 ? signal : event;
    return [id, node.action.kind === 'aggregate' ? { ...node, action, handler: action.kind } : node] as const;
  });
  return { ...plan, waits: { signals: true, events: [] }, root: { ...plan.root, nodes: new Map(nodes) } };
}

function withTimers(plan: Plan): Plan {
  const nodes = [...plan.root.nodes].map(([id, node]) => [id, { ...node, queueTimeoutMs: 1_000, deadlineMs: 5_000 }] as const);
  return { ...plan, timeoutMs: 60_000, root: { ...plan.root, nodes: new Map(nodes) } };
}
