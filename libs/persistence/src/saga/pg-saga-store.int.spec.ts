import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { StartKeyTaken, type ExecutionRecord, type SagaChanges, type StepRecord } from '@jetsaga/contracts';
import { createTestDatabase, type TestDatabase } from '@jetsaga/testing';
import { randomUUID } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { openSagaDataSource } from '../saga-data-source.ts';
import { PgSagaStore } from './pg-saga-store.ts';

const at = 1_790_000_000_000;

function execution(overrides: Partial<ExecutionRecord> = {}): ExecutionRecord {
  return {
    id: randomUUID(),
    workflow: 'orders',
    version: 1,
    status: 'RUNNING',
    input: { text: 'quote " backslash \\ newline \n nul \u0000 emoji 🎈' },
    ending: null,
    labels: { tenant: 'a"b' },
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

function step(executionId: string, overrides: Partial<StepRecord> = {}): StepRecord {
  return {
    executionId,
    scope: '',
    node: 'fetch',
    status: 'QUEUED',
    handler: 'call_external_service',
    queue: 'actions',
    attempt: 1,
    generation: 1,
    dispatch: 1,
    config: { url: 'http://x', list: [1, null, '{}'] },
    branch: null,
    queuedAt: at,
    startedAt: null,
    finishedAt: null,
    worker: null,
    waitingFor: null,
    settledSeq: null,
    ...overrides,
  };
}

const nothing: SagaChanges = {
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
  waiting: null,
  outbox: null,
  outboxDone: [],
};

describe('the saga store on Postgres', () => {
  let database: TestDatabase;
  let dataSource: DataSource;
  let store: PgSagaStore;
  let other: PgSagaStore;

  beforeAll(async () => {
    database = await createTestDatabase();
    dataSource = await openSagaDataSource({ url: database.url, applicationName: 'spec' });
    const open = (name: string) => new PgSagaStore({ url: database.url, applicationName: name, now: () => at });
    store = open('one');
    other = open('two');
  }, 60_000);

  afterAll(async () => {
    await store.close();
    await other.close();
    await dataSource.destroy();
    await database.drop();
  });

  async function commitStart(changes: Partial<SagaChanges>): Promise<void> {
    const transaction = await store.beginStarts({ workflows: [], keys: [], pending: [] });
    await transaction.commit({ ...nothing, ...changes });
  }

  it('gives back what was recorded, to the letter', async () => {
    const started = execution();
    const steps = [
      step(started.id),
      step(started.id, { node: 'b', status: 'COMPLETED', output: ['x'], branch: 'ok', settledSeq: 3 }),
    ];
    await commitStart({ newExecutions: [started], steps });
    const transaction = await store.begin({ executions: new Map([[started.id, new Set([''])]]) });
    await transaction.rollback();
    expect(transaction.executions.get(started.id)).toEqual(started);
    expect([...transaction.steps].sort((a, b) => a.node.localeCompare(b.node))).toEqual([steps[1], steps[0]]);
  });

  it('records a NUL that came with data in whatever place', async () => {
    const started = execution({ labels: { odd: 'a\0b' } });
    await commitStart({
      newExecutions: [started],
      steps: [step(started.id, { branch: 'x\0', worker: '\0', waitingFor: 'for \0', output: '\0' })],
      startKeys: [{ workflow: 'orders', kind: 'key', key: 'k\0', executionId: started.id, inputHash: 'h', at }],
    });
    const transaction = await store.begin({ executions: new Map([[started.id, new Set([''])]]) });
    await transaction.rollback();
    expect(transaction.steps[0]).toMatchObject({ branch: 'x\uFFFD', worker: '\uFFFD', waitingFor: 'for \uFFFD', output: '\0' });
    expect(transaction.executions.get(started.id)?.labels).toEqual({ odd: 'a\uFFFDb' });
  });

  it('loads only the scopes asked for', async () => {
    const started = execution();
    await commitStart({
      newExecutions: [started],
      steps: [step(started.id), step(started.id, { scope: 'each[3]', node: 'embed' })],
    });
    const transaction = await store.begin({ executions: new Map([[started.id, new Set(['each[3]'])]]) });
    await transaction.rollback();
    expect(transaction.steps.map((row) => row.node)).toEqual(['embed']);
  });

  it('skips an execution that another coordinator holds, and says so', async () => {
    const held = execution();
    await commitStart({ newExecutions: [held] });
    const wanted = {
      executions: new Map([
        [held.id, new Set([''])],
        [randomUUID(), new Set([''])],
      ]),
    };
    const first = await other.begin(wanted);
    const second = await store.begin(wanted);
    expect(second.executions.size).toBe(0);
    expect([...second.busy]).toEqual([held.id]);
    await second.rollback();
    await first.rollback();
  });

  it('lets one of two starts with the same key win', async () => {
    const key = (executionId: string) => ({
      workflow: 'orders',
      kind: 'key' as const,
      key: 'k1',
      executionId,
      inputHash: 'h',
      at,
    });
    const [one, two] = [execution(), execution()];
    const winner = await store.beginStarts({ workflows: [], keys: [], pending: [] });
    const loser = await other.beginStarts({ workflows: [], keys: [], pending: [] });
    await winner.commit({ ...nothing, newExecutions: [one], startKeys: [key(one.id)] });
    await expect(loser.commit({ ...nothing, newExecutions: [two], startKeys: [key(two.id)] })).rejects.toBeInstanceOf(
      StartKeyTaken,
    );
    const after = await other.beginStarts({ workflows: [], keys: [{ workflow: 'orders', kind: 'key', key: 'k1' }], pending: [] });
    await after.rollback();
    expect(after.knownKeys.get('orders key k1')?.executionId).toBe(one.id);
    const gone = await store.begin({ executions: new Map([[two.id, new Set([''])]]) });
    await gone.rollback();
    expect(gone.executions.size + gone.busy.size).toBe(0);
  });

  it('writes nothing of a transaction with one bad row, and serves the next one', async () => {
    const good = execution();
    const bad = execution({ id: 'no uuid' });
    await expect(commitStart({ newExecutions: [good, bad] })).rejects.toThrow(/uuid/);
    await commitStart({ newExecutions: [good] });
  });

  it('claims a due timer once, and gives it again when the claim is over', async () => {
    const owner = execution();
    const timer = { executionId: owner.id, scope: '', node: 'wait', kind: 'delay' as const, attempt: 1, dueAt: at + 10 };
    await commitStart({ newExecutions: [owner], timersSet: [timer] });
    expect(await store.claimTimers(at, 1_000, 10)).toEqual([]);
    expect(await store.nextTimerAt(at)).toBe(at + 10);
    expect(await store.claimTimers(at + 10, 1_000, 10)).toEqual([timer]);
    expect(await other.claimTimers(at + 11, 1_000, 10)).toEqual([]);
    expect(await other.claimTimers(at + 1_010, 1_000, 10)).toEqual([timer]);
    const transaction = await store.begin({ executions: new Map([[owner.id, new Set([''])]]) });
    await transaction.commit({ ...nothing, timersCleared: [timer] });
    expect(await store.claimTimers(at + 9_999, 1_000, 10)).toEqual([]);
  });

  it('removes a stale timer, but not one that was set anew meanwhile', async () => {
    const owner = execution();
    const timer = { executionId: owner.id, scope: '', node: 'try', kind: 'retry' as const, attempt: 2, dueAt: at };
    await commitStart({ newExecutions: [owner], timersSet: [timer] });
    await commitStart({
      timersStale: [
        { ...timer, attempt: 1 },
        { ...timer, dueAt: at - 1 },
      ],
    });
    expect(await store.claimTimers(at, 1_000, 10)).toEqual([timer]);
    await commitStart({ timersStale: [timer] });
    expect(await store.claimTimers(at + 1_000, 1_000, 10)).toEqual([]);
  });

  it('records the dispatches that are still open, reports cancelled ones, and forgets the rest', async () => {
    const owner = execution();
    const steps = [
      step(owner.id, { node: 'open' }),
      step(owner.id, { node: 'done', status: 'COMPLETED' }),
      step(owner.id, { node: 'cancelled', status: 'CANCELLED' }),
      step(owner.id, { node: 'again', dispatch: 2 }),
    ];
    const outbox = { id: randomUUID(), createdAt: at, tasks: [], messages: [] };
    await commitStart({ newExecutions: [owner], steps, outbox });
    const record = (node: string) => ({
      executionId: owner.id,
      scope: '',
      node,
      attempt: 1,
      dispatch: 1,
      queue: 'actions',
      streamCreated: 'then',
      sequence: 7,
      dispatchedAt: at,
    });
    const cancelled = await store.recordDispatches(['open', 'done', 'cancelled', 'again'].map(record), [outbox.id]);
    expect(cancelled.map((row) => row.node)).toEqual(['cancelled']);
    expect(await store.dispatches(null, 10)).toEqual([{ ...record('open'), state: 'open' }]);
    expect(await store.recordedDispatches([record('open'), { ...record('open'), dispatch: 2 }, record('done')])).toEqual([
      record('open'),
    ]);
    expect(await store.claimOutbox(at + 1_000, at + 1_000, 10)).toEqual([]);
    const transaction = await store.begin({ executions: new Map([[owner.id, new Set([''])]]) });
    await transaction.commit({ ...nothing, steps: [step(owner.id, { node: 'open', status: 'CANCELLED' })] });
    expect(await store.dispatches(null, 10)).toEqual([{ ...record('open'), state: 'cancelled' }]);
    await store.forgetDispatches([{ ...record('open'), dispatch: 2 }]);
    expect(await store.dispatches(null, 10)).toHaveLength(1);
    await store.forgetDispatches([record('open')]);
    expect(await store.dispatches(null, 10)).toEqual([]);
  });

  it('walks through dispatches page by page, oldest first', async () => {
    const owners = [execution(), execution(), execution()];
    await commitStart({ newExecutions: owners, steps: owners.map((owner) => step(owner.id)) });
    const records = owners.map((owner, index) => ({
      ...{
        executionId: owner.id,
        scope: '',
        node: 'fetch',
        attempt: 1,
        dispatch: 1,
        queue: 'actions',
        streamCreated: null,
        sequence: null,
      },
      dispatchedAt: at + (index === 0 ? 5 : 0),
    }));
    await store.recordDispatches(records, []);
    const seen: string[] = [];
    for (let page = await store.dispatches(null, 1); page[0]; page = await store.dispatches(page[0], 1))
      seen.push(page[0].executionId);
    expect(seen).toEqual([
      ...owners
        .slice(1)
        .map((owner) => owner.id)
        .sort(),
      owners[0]?.id,
    ]);
    await store.forgetDispatches(records);
  });

  it('leaves a renewed outbox batch to its owner', async () => {
    const batch = { id: randomUUID(), createdAt: at, tasks: [], messages: [] };
    await commitStart({ outbox: batch });
    await store.renewOutbox([batch.id], at + 100);
    expect(await store.claimOutbox(at + 100, at + 100, 10)).toEqual([]);
    await store.forgetOutbox([batch.id]);
  });

  it('hands over an outbox batch that was left behind, once per claim', async () => {
    const batch = {
      id: randomUUID(),
      createdAt: at,
      tasks: [{ executionId: randomUUID(), scope: '', node: 'a', attempt: 1, dispatch: 1 }],
      messages: [{ subject: 'events.x', id: 'e1', body: { n: 1 } }],
    };
    await commitStart({ outbox: batch });
    expect(await store.claimOutbox(at, at, 10)).toEqual([]);
    expect(await store.claimOutbox(at + 1, at + 1, 10)).toEqual([batch]);
    expect(await other.claimOutbox(at + 1, at + 1, 10)).toEqual([]);
    await store.forgetOutbox([batch.id]);
    expect(await store.claimOutbox(at + 9, at + 9, 10)).toEqual([]);
  });

  it('stores a command of a running execution only, and gives it with the execution until it is handled', async () => {
    const [running, ended] = [execution(), execution({ status: 'COMPLETED' })];
    await commitStart({ newExecutions: [running, ended] });
    const command = {
      id: randomUUID(),
      executionId: running.id,
      body: { kind: 'cancel' as const, compensate: true },
      by: 'local',
      at,
    };
    expect(await store.storeCommand(command)).toBe('stored');
    expect(await store.storeCommand({ ...command, id: randomUUID(), executionId: ended.id })).toBe('wrong_state');
    expect(await store.storeCommand({ ...command, id: randomUUID(), executionId: randomUUID() })).toBe('unknown');
    expect(await store.executionsWithCommands(at + 1, 10)).toEqual([running.id]);
    const transaction = await store.begin({ executions: new Map([[running.id, new Set([''])]]) });
    expect(transaction.commands).toEqual([command]);
    await transaction.commit({ ...nothing, commandsHandled: [{ id: command.id, outcome: 'applied' }] });
    expect(await store.executionsWithCommands(at + 1, 10)).toEqual([]);
  });

  it('comes back after its connections were cut', async () => {
    const started = execution();
    await commitStart({ newExecutions: [started] });
    await dataSource.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'one-%'`);
    const load = () => store.begin({ executions: new Map([[started.id, new Set([''])]]) });
    const transaction = await load().catch(load);
    await transaction.rollback();
    expect(transaction.executions.size).toBe(1);
  });
});
