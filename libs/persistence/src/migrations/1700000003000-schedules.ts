import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What definitions start by the clock. A row belongs to the version it names, and rests when that is not current. */
export class Schedules1700000003000 implements MigrationInterface {
  name = 'Schedules1700000003000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE saga.schedules (
        id text PRIMARY KEY,
        workflow text NOT NULL,
        version int NOT NULL,
        times jsonb NOT NULL,
        active boolean NOT NULL,
        paused boolean NOT NULL DEFAULT false,
        changed_by text,
        changed_at timestamptz,
        next_at timestamptz,
        fire_at timestamptz,
        waiting_for timestamptz,
        last_run jsonb,
        last_execution_id uuid,
        claimed_until timestamptz NOT NULL DEFAULT '-infinity',
        created_at timestamptz NOT NULL DEFAULT now()
      );
      CREATE INDEX schedules_by_workflow ON saga.schedules (workflow);
      CREATE INDEX schedules_by_fire ON saga.schedules (fire_at) WHERE active AND NOT paused;
      CREATE INDEX schedules_waiting ON saga.schedules (id) WHERE waiting_for IS NOT NULL;
      COMMENT ON COLUMN saga.schedules.fire_at IS 'The next due time with its jitter.';
    `);
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only; restore a backup to go back.');
  }
}
