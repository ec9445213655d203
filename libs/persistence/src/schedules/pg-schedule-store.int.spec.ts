import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ScheduleTimes } from '@jetsaga/contracts';
import { createTestDatabase, type TestDatabase } from '@jetsaga/testing';
import { Pool } from 'pg';
import { connectionOptions } from '../connection-options.ts';
import { DefinitionRepository } from '../definitions/definition-repository.ts';
import { plainPayloads } from '../payload-codec.ts';
import { openSagaDataSource } from '../saga-data-source.ts';
import { PgScheduleStore } from './pg-schedule-store.ts';

const now = 1_790_000_000_000;
const times: ScheduleTimes = {
  pattern: '* * * * *',
  timezone: 'UTC',
  jitterMs: 0,
  overlap: 'skip',
  catchUp: 'none',
  startAt: null,
  endAt: null,
};

describe('schedules in Postgres', () => {
  let database: TestDatabase;
  let pool: Pool;
  let definitions: DefinitionRepository;
  let store: PgScheduleStore;
  let other: PgScheduleStore;

  beforeAll(async () => {
    database = await createTestDatabase();
    const dataSource = await openSagaDataSource({ url: database.url, applicationName: 'spec' });
    await dataSource.destroy();
    pool = new Pool(connectionOptions(database.url));
    definitions = new DefinitionRepository(pool, plainPayloads);
    store = new PgScheduleStore(pool);
    other = new PgScheduleStore(pool);
  }, 60_000);
  afterAll(async () => {
    await pool.end();
    await database.drop();
  });

  const apply = async (key: string, hash: string) =>
    (await definitions.apply({ key, name: key, source: hash, format: 'json', document: {}, hash, handlers: {}, by: 'spec' }))
      .version;
  const keep = (key: string, version: number, changed: Partial<ScheduleTimes> = {}, nextAt = now) =>
    store.keep([{ id: `${key}.1`, workflow: key, version, times: { ...times, ...changed }, nextAt, fireAt: nextAt }]);
  const progress = { nextAt: now + 60_000, fireAt: now + 60_000, waitingFor: null, lastRun: null, lastExecutionId: null };
  const claimed = async (key: string, at = now) => (await store.claim(at, 1_000, 100)).find(({ workflow }) => workflow === key);

  it('are claimed by one of two, until the claim is over', async () => {
    for (let n = 0; n < 20; n += 1) await keep(`many-${n}`, await apply(`many-${n}`, 'a'));
    const [ours, theirs] = await Promise.all([store.claim(now, 1_000, 12), other.claim(now, 1_000, 12)]);
    const ids = [...ours, ...theirs].map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const rest = await store.claim(now, 1_000, 100);
    expect(ids.length + rest.length).toBe(20);
    expect(await store.claim(now + 999, 1_000, 100)).toEqual([]);
    expect(await store.claim(now + 1_000, 1_000, 100)).toHaveLength(20);
  });

  it('keep their due time over versions, unless their times change', async () => {
    await keep('kept', await apply('kept', 'a'));
    await keep('kept', await apply('kept', 'b'), {}, now + 5_000);
    expect(await store.get('kept.1')).toMatchObject({ version: 2, nextAt: now });
    await keep('kept', await apply('kept', 'c'), { overlap: 'allow' }, now + 5_000);
    expect(await store.get('kept.1')).toMatchObject({ version: 3, nextAt: now + 5_000, times: { overlap: 'allow' } });
  });

  it('are never claimed for a version that is not current, nor written by it', async () => {
    await keep('stale', await apply('stale', 'a'));
    const version = await apply('stale', 'b');
    expect(await claimed('stale')).toBeUndefined();
    await keep('stale', version);
    await keep('stale', 1, { overlap: 'allow' });
    expect(await store.get('stale.1')).toMatchObject({ version: 2, times: { overlap: 'skip' } });
    expect(await claimed('stale')).toBeDefined();
  });

  it('rest with their definition, and come back with a due time of their own', async () => {
    const version = await apply('resting', 'a');
    await keep('resting', version);
    await definitions.setDisabled('resting', true);
    expect(await claimed('resting')).toBeUndefined();
    await store.rest();
    await definitions.setDisabled('resting', false);
    expect(await claimed('resting')).toBeUndefined();
    await keep('resting', version, {}, now + 7_000);
    expect(await store.get('resting.1')).toMatchObject({ nextAt: now + 7_000 });
  });

  it('are settled by whoever holds the claim, and by nobody else', async () => {
    await keep('settled', await apply('settled', 'a'));
    const first = (await claimed('settled'))!;
    const second = (await claimed('settled', now + 1_000))!;
    await store.settle(first, { ...progress, nextAt: 5 });
    expect(await store.get('settled.1')).toMatchObject({ nextAt: now });
    await store.settle(second, progress);
    expect(await store.get('settled.1')).toMatchObject({ nextAt: progress.nextAt });
    expect(await store.nextFireAt(now + 59_999)).toBe(progress.nextAt);
  });

  it('are not claimed while they are paused, and lose what waits', async () => {
    await keep('paused', await apply('paused', 'a'));
    const claim = (await claimed('paused'))!;
    await store.pause('paused.1', 'ada');
    await store.settle(claim, { ...progress, waitingFor: now });
    expect(await store.get('paused.1')).toMatchObject({ paused: true, changedBy: 'ada', waitingFor: null });
    expect(await claimed('paused')).toBeUndefined();
    await store.resume('paused.1', 'bob', { nextAt: now + 9_000, fireAt: now + 9_000 });
    expect(await store.get('paused.1')).toMatchObject({ paused: false, changedBy: 'bob', nextAt: now + 9_000 });
  });
});
