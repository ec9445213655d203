import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { CommandRecord, EventKey, ExecutionRecord, SagaChanges, StepRecord, WaitingChanges } from '@jetsaga/contracts';
import { createTestDatabase, type TestDatabase } from '@jetsaga/testing';
import { openSagaDataSource } from '../saga-data-source.ts';
import { PgSagaStore } from './pg-saga-store.ts';

const at = 1_790_000_000_000;

const noWaiting: WaitingChanges = {
  signalsKept: [],
  signalsGone: [],
  waitsBegun: [],
  waitsOver: [],
  signalsSent: [],
  commandsDropped: [],
  interestsBegun: [],
  interestsOver: [],
};

function execution(overrides: Partial<ExecutionRecord> = {}): ExecutionRecord {
  return {
    id: randomUUID(),
    workflow: 'orders',
    version: 1,
    status: 'RUNNING',
    input: {},
    ending: null,
    labels: {},
    priority: 'normal',
    parent: null,
    depth: 0,
    startedBy: 'local',
    createdAt: at,
    startedAt: at,
    finishedAt: null,
    historySeq: 1,
    traceparent: null,
    ...overrides,
  };
}

function step(executionId: string, scope: string, node: string): StepRecord {
  return {
    executionId,
    scope,
    node,
    status: 'WAITING',
    handler: 'wait_for_signal',
    queue: null,
    attempt: 1,
    generation: 1,
    dispatch: 0,
    branch: null,
    queuedAt: at,
    startedAt: at,
    finishedAt: null,
    worker: null,
    waitingFor: null,
    settledSeq: null,
  };
}

describe('waiting, on Postgres', () => {
  let database: TestDatabase;
  let store: PgSagaStore;

  beforeAll(async () => {
    database = await createTestDatabase();
    await (await openSagaDataSource({ url: database.url, applicationName: 'spec' })).destroy();
    store = new PgSagaStore({ url: database.url, applicationName: 'spec', now: () => at });
  }, 60_000);

  afterAll(async () => {
    await store.close();
    await database.drop();
  });

  async function commit(changes: Partial<SagaChanges>, waiting: Partial<WaitingChanges> = {}): Promise<void> {
    const transaction = await store.beginStarts({ workflows: [], keys: [], pending: [] });
    await transaction.commit({
      newExecutions: [],
      executions: [],
      steps: [],
      timersSet: [],
      timersCleared: [],
      timersStale: [],
      history: [],
      commandsGiven: [],
      commandsHandled: [],
      startKeys: [],
      outbox: null,
      outboxDone: [],
      ...changes,
      waiting: { ...noWaiting, ...waiting },
    });
  }

  async function loaded(id: string, ...scopes: string[]) {
    const transaction = await store.begin({ executions: new Map([[id, new Set([''])]]) });
    const waiting = await transaction.waiting(new Map([[id, new Set(scopes)]]));
    await transaction.rollback();
    return waiting;
  }

  it('keeps signals in the order in which they came, until they are taken', async () => {
    const { id, ...rest } = execution();
    const signals = [2, 0, 1].map((n) => ({
      id: randomUUID(),
      executionId: id,
      name: `s${n}`,
      payload: { n },
      receivedAt: at + n,
    }));
    await commit({ newExecutions: [{ id, ...rest }] }, { signalsKept: signals });
    expect((await loaded(id)).signals.map(({ name }) => name)).toEqual(['s0', 's1', 's2']);
    expect(await store.signalBacklog(id)).toBe(3);
    await commit({}, { signalsGone: [signals[1]!.id] });
    expect((await loaded(id)).signals).toEqual([signals[2], signals[0]]);
  });

  it('loads the scopes in which steps wait and those that are asked for, with the scopes around them, and no others', async () => {
    const { id, ...rest } = execution();
    const paths = [
      ['each[3]/inner', 'wait'],
      ['each[3]/inner', 'other'],
      ['each[3]', 'inner'],
      ['each[4]', 'inner'],
      ['each[31]', 'inner'],
      ['group', 'asked'],
    ] as const;
    const steps = paths.map(([scope, node]) => step(id, scope, node));
    const wait = { executionId: id, scope: 'each[3]/inner', node: 'wait', kind: 'signal' as const, name: 'go', since: at };
    await commit({ newExecutions: [{ id, ...rest }], steps: [...steps, step(id, '', 'each')] }, { waitsBegun: [wait] });
    const found = async (...scopes: string[]) =>
      (await loaded(id, ...scopes)).steps.map(({ scope, node }) => `${scope}/${node}`).sort();
    expect(await found()).toEqual(['each[3]/inner', 'each[3]/inner/other', 'each[3]/inner/wait']);
    expect(await found('group')).toEqual(['each[3]/inner', 'each[3]/inner/other', 'each[3]/inner/wait', 'group/asked']);
    await commit({}, { waitsOver: [wait] });
    expect(await found()).toEqual([]);
  });

  it('finds whom a signal is for, those that have ended left out, and gives it once by id', async () => {
    const open = [execution({ labels: { order: '7', more: 'x' } }), execution({ labels: { order: '7' } })];
    const others = [
      execution({ labels: { order: '7' }, status: 'COMPLETED' }),
      execution({ labels: { order: '8' } }),
      execution({ labels: { order: '7' }, workflow: 'returns' }),
    ];
    await commit({ newExecutions: [...open, ...others] });
    const transaction = await store.beginStarts({ workflows: [], keys: [], pending: [] });
    const query = { workflow: 'orders', labels: { order: '7' } };
    expect(await transaction.recipients(query, 10)).toEqual(open.map(({ id }) => id).sort());
    expect(await transaction.recipients(query, 1)).toHaveLength(1);
    expect(await transaction.recipients({ executionId: others[0]!.id }, 10)).toEqual([]);
    expect(await transaction.recipients({ executionId: open[0]!.id }, 10)).toEqual([open[0]!.id]);
    await transaction.rollback();
    const command: CommandRecord = {
      id: randomUUID(),
      executionId: open[0]!.id,
      body: { kind: 'signal', name: 'go', payload: 1 },
      by: 'execution:x',
      at,
    };
    await commit({}, { signalsSent: [command, { ...command, id: randomUUID(), executionId: randomUUID() }] });
    await store.eventWaits.give([command]);
    const given = await store.begin({ executions: new Map([[open[0]!.id, new Set([''])]]) });
    await given.rollback();
    expect(given.commands).toEqual([command]);
  });

  it('finds waiters by their key, a page at a time, among many of another', async () => {
    const key = (hash: string): EventKey => ({ pattern: 'orders.paid', paths: '["id"]', hash });
    const executions = Array.from({ length: 5 }, () => execution());
    const waitsBegun = executions.flatMap(({ id }, index) =>
      ['a', 'b'].map((node) => ({
        ...{ executionId: id, scope: '', node, kind: 'event' as const, name: 'orders.paid', since: at },
        key: key(node === 'a' ? 'wanted' : `other-${index}`),
      })),
    );
    const interestsBegun = executions.map(({ id: executionId }) => ({
      executionId,
      interest: { pattern: 'orders.paid', paths: '["id"]' },
    }));
    await commit({ newExecutions: executions }, { waitsBegun, interestsBegun });
    const { eventWaits } = store;
    expect(await eventWaits.interests()).toEqual([{ pattern: 'orders.paid', paths: '["id"]' }]);
    const first = await eventWaits.waiters([key('wanted'), key('nobody')], null, 3);
    const second = await eventWaits.waiters([key('wanted'), key('nobody')], first[2]!, 3);
    expect([...first, ...second].map(({ executionId, node }) => `${executionId} ${node}`)).toEqual(
      executions.map(({ id }) => `${id} a`).sort(),
    );
    expect(await eventWaits.waitsBehind(at + 1, 100)).toHaveLength(10);
    await eventWaits.caughtUp(first[0]!);
    expect(await eventWaits.waitsBehind(at + 1, 100)).toHaveLength(9);
    await commit({}, { interestsOver: executions.map(({ id }) => id), waitsOver: waitsBegun });
    expect(await eventWaits.interests()).toEqual([]);
  });
});
