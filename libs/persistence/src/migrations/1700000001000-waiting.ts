import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What executions wait for from outside. Executions that use neither signals nor deferred steps have no rows here. */
export class Waiting1700000001000 implements MigrationInterface {
  name = 'Waiting1700000001000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE saga.signals (
        execution_id uuid NOT NULL,
        received_at timestamptz NOT NULL,
        id uuid NOT NULL,
        row_format smallint NOT NULL DEFAULT 1,
        name text NOT NULL,
        payload text NOT NULL,
        PRIMARY KEY (execution_id, received_at, id)
      );
      CREATE UNIQUE INDEX signals_by_id ON saga.signals (id);
      COMMENT ON TABLE saga.signals IS 'Signals that no step has taken yet.';

      CREATE TABLE saga.waits (
        execution_id uuid NOT NULL,
        scope text NOT NULL,
        node text NOT NULL,
        kind text NOT NULL,
        name text NOT NULL,
        since timestamptz NOT NULL,
        heartbeat_at timestamptz,
        note text,
        PRIMARY KEY (execution_id, scope, node)
      );
      CREATE INDEX waits_of_tasks ON saga.waits (since, execution_id, scope, node) WHERE kind = 'task';
      COMMENT ON TABLE saga.waits IS 'WAITING steps, for whoever has to find them.';
    `);
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only; restore a backup to go back.');
  }
}
