import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What compensation has to know of a step, and what operators do with many executions at once. */
export class Operating1700000002000 implements MigrationInterface {
  name = 'Operating1700000002000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE saga.steps ADD COLUMN undo text;
      COMMENT ON COLUMN saga.steps.undo IS 'How far undoing the step is, and what is unknown about its outcome; null for most steps.';

      CREATE TABLE saga.bulk_jobs (
        id uuid PRIMARY KEY,
        row_format smallint NOT NULL DEFAULT 1,
        action text NOT NULL,
        command text,
        filter jsonb NOT NULL,
        status text NOT NULL,
        total bigint NOT NULL,
        done bigint NOT NULL DEFAULT 0,
        position uuid,
        given_by text NOT NULL,
        given_at timestamptz NOT NULL,
        finished_at timestamptz,
        claimed_until timestamptz NOT NULL DEFAULT '-infinity'
      );
      CREATE INDEX bulk_jobs_open ON saga.bulk_jobs (given_at) WHERE finished_at IS NULL;
      COMMENT ON COLUMN saga.bulk_jobs.position IS 'The oldest execution that was dealt with: the next page begins before it.';
    `);
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only; restore a backup to go back.');
  }
}
