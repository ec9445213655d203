import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DefinitionRepository, plainPayloads } from '@jetsaga/persistence';
import { eventually as within } from '@jetsaga/testing';
import { CoordinatorHarness } from './coordinator-harness.ts';

/** Due times are whole seconds, and coordinators look once a second. */
const eventually = <T>(check: () => T | Promise<T>) => within(check, { timeoutMs: 20_000 });

const aggregate = { nodes: [{ id: 'a', handler: 'aggregate', config: { due: '{{ input.due }}' } }] };
const everySecond = {
  triggers: [{ schedule: '* * * * * *', catchUp: 'all', overlap: 'allow', input: { due: '{{ event.time }}' } }],
  dag: aggregate,
};

describe('schedules under several coordinators', () => {
  let harness: CoordinatorHarness;

  beforeAll(async () => {
    harness = await CoordinatorHarness.open();
  }, 60_000);
  afterAll(() => harness.close(), 60_000);

  const duesOf = async (workflow: string): Promise<number[]> => {
    const { rows } = await harness.pool.query<{ input: string }>(
      'SELECT input FROM saga.executions WHERE workflow = $1 ORDER BY input',
      [workflow],
    );
    return rows.map(({ input }) => Date.parse((JSON.parse(input) as { due: string }).due));
  };
  const definitions = () => new DefinitionRepository(harness.pool, plainPayloads);
  const rowOf = async (workflow: string) => {
    const { rows } = await harness.pool.query('SELECT * FROM saga.schedules WHERE workflow = $1', [workflow]);
    return rows[0];
  };

  it('fire each due time exactly once, also while coordinators come and go', async () => {
    const first = await harness.startCoordinator();
    await harness.startCoordinator();
    await harness.apply('ticks', everySecond, 'q', []);
    await eventually(async () => expect((await duesOf('ticks')).length).toBeGreaterThanOrEqual(2));
    await harness.startCoordinator();
    await first.stop();
    await eventually(async () => expect((await duesOf('ticks')).length).toBeGreaterThanOrEqual(5));
    const dues = await duesOf('ticks');
    expect(dues.every((due, index) => index === 0 || due - dues[index - 1]! === 1_000)).toBe(true);
  }, 40_000);

  it('start nothing twice where a claim was not settled by whoever made it', async () => {
    await eventually(async () => expect((await duesOf('ticks')).length).toBeGreaterThanOrEqual(3));
    // As after a coordinator that died between the start and what it notes of it.
    const [due] = await duesOf('ticks');
    await harness.pool.query('UPDATE saga.schedules SET next_at = $2, fire_at = $2 WHERE workflow = $1', [
      'ticks',
      new Date(due!),
    ]);
    const before = (await duesOf('ticks')).length;
    await eventually(async () => expect((await duesOf('ticks')).length).toBeGreaterThan(before));
    const dues = await duesOf('ticks');
    expect(new Set(dues).size).toBe(dues.length);
  }, 40_000);

  it('follow a new version, and rest with the definition', async () => {
    await harness.apply('ticks', { ...everySecond, labels: { version: 'two' } }, 'q', []);
    await eventually(async () => expect((await rowOf('ticks')).version).toBe(2));
    await eventually(async () => {
      const { rows } = await harness.pool.query(`SELECT FROM saga.executions WHERE workflow = 'ticks' AND version = 2`);
      expect(rows.length).toBeGreaterThanOrEqual(1);
    });
    await definitions().setDisabled('ticks', true);
    await eventually(async () => expect((await rowOf('ticks')).active).toBe(false));
    await definitions().setDisabled('ticks', false);
    await eventually(async () => expect((await rowOf('ticks')).active).toBe(true));
    // What came due meanwhile is not made up for, whatever `catchUp` says: nobody wanted it.
    expect((await rowOf('ticks')).next_at.getTime()).toBeGreaterThan(Date.now() - 1_500);
    await harness.apply('ticks', { dag: aggregate }, 'q', []);
    await eventually(async () => expect((await rowOf('ticks')).active).toBe(false));
  }, 40_000);

  it('make up for what was missed as `catchUp` says', async () => {
    const yesterday = new Date(Date.now() - 24 * 3_600_000);
    const hourly = (catchUp: string) => ({
      triggers: [{ schedule: '0 * * * *', catchUp, overlap: 'allow', input: { due: '{{ event.time }}' } }],
      dag: aggregate,
    });
    for (const catchUp of ['none', 'one', 'all']) await harness.apply(`away-${catchUp}`, hourly(catchUp), 'q', []);
    await eventually(async () => expect(await rowOf('away-all')).toBeDefined());
    yesterday.setUTCMinutes(0, 0, 0);
    await harness.pool.query(`UPDATE saga.schedules SET next_at = $1, fire_at = $1 WHERE workflow LIKE 'away-%'`, [yesterday]);
    await eventually(async () => expect((await duesOf('away-all')).length).toBeGreaterThanOrEqual(24));
    await eventually(async () => expect(await duesOf('away-one')).toHaveLength(1));
    expect(Date.now() - (await duesOf('away-one'))[0]!).toBeLessThan(3_700_000);
    expect((await rowOf('away-none')).last_run).toMatchObject({ outcome: 'missed' });
    expect(await duesOf('away-none')).toEqual([]);
  }, 40_000);
});
