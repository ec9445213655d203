import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Slots of definitions that say how many of their executions may run at a time. Definitions that say nothing have no rows here. */
export class Slots1700000005000 implements MigrationInterface {
  name = 'Slots1700000005000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE saga.slots (
        execution_id uuid PRIMARY KEY,
        workflow text NOT NULL,
        key text NOT NULL,
        state text NOT NULL,
        slot_limit int NOT NULL,
        rank float8 NOT NULL,
        at timestamptz NOT NULL,
        leaving boolean NOT NULL DEFAULT false
      ) WITH (fillfactor = 70);
      CREATE INDEX slots_held ON saga.slots (workflow, key) WHERE state = 'held';
      CREATE INDEX slots_waiting ON saga.slots (workflow, key, rank, execution_id) WHERE state = 'waiting';
      CREATE INDEX slots_staying ON saga.slots (workflow, key, at, execution_id) WHERE NOT leaving;
      COMMENT ON TABLE saga.slots IS 'One row per execution that holds a slot of its group, or waits for one; changed under the group''s advisory lock.';
      ALTER TABLE saga.slots SET (autovacuum_vacuum_scale_factor = 0.02);
    `);
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only; restore a backup to go back.');
  }
}
