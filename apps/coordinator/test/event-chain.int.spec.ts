import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { streams, subjects } from '@jetsaga/contracts';
import { eventually } from '@jetsaga/testing';
import { CoordinatorHarness } from './coordinator-harness.ts';

const passesOn = (from: string, to: string) => ({
  triggers: [{ event: from, input: { n: '{{ event.data.n }}' } }],
  dag: { nodes: [{ id: 'next', handler: 'emit_event', config: { type: to, data: { n: '{{ input.n + 1 }}' } } }] },
});

describe('workflows that start each other through events', () => {
  let harness: CoordinatorHarness;

  beforeAll(async () => {
    harness = await CoordinatorHarness.open();
    await harness.startCoordinator();
    await harness.apply('ping', passesOn('chain.ping', 'chain.pong'), 'q', []);
    await harness.apply('pong', passesOn('chain.pong', 'chain.ping'), 'q', []);
  }, 60_000);
  afterAll(() => harness.close(), 60_000);

  const depths = async () => {
    const { rows } = await harness.pool.query<{ depth: number }>(
      `SELECT depth FROM saga.executions WHERE workflow IN ('ping', 'pong') ORDER BY depth`,
    );
    return rows.map(({ depth }) => depth);
  };

  it('are cut at depth 16, and what would have come next is in the dead letters with the reason', async () => {
    harness.connection.publish(subjects.event('chain.ping'), JSON.stringify({ n: 0 }));
    const jetstream = await harness.jetstream();
    const dead = await eventually(
      async () => {
        const { state } = await jetstream.streams.info(streams.deadLetters);
        expect(state.messages).toBe(1);
        return jetstream.streams.getMessage(streams.deadLetters, { seq: state.last_seq });
      },
      { timeoutMs: 15_000 },
    );
    expect(await depths()).toEqual(Array.from({ length: 17 }, (_, depth) => depth));
    const told = [...dead!.header.keys()].map((name) => dead!.header.get(name)).join('\n');
    expect(told).toContain('EVENT_CHAIN_TOO_DEEP');
    expect(dead!.string()).toContain('"n":17');
  }, 30_000);

  it('say so where an event is published over HTTP', async () => {
    const event = {
      specversion: '1.0',
      id: 'deep',
      source: '/spec',
      type: 'chain.ping',
      data: { n: 0 },
      jetsagadepth: 17,
    } as const;
    const { executions, rejected } = await harness.engine.events.publish(event, 'spec');
    expect(executions).toEqual([]);
    expect(rejected).toMatchObject([
      { workflow: 'ping', problems: [{ message: expect.stringContaining('EVENT_CHAIN_TOO_DEEP') }] },
    ]);
  });
});
