import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Slots of definitions that say how many of their executions may run at a time, tasks that a rate limit holds, and tasks beyond
 * their queue's window in the stream. Where nothing is limited and no queue is long, there are no rows here.
 */
export class FlowControl1700000005000 implements MigrationInterface {
  name = 'FlowControl1700000005000';

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

      CREATE TABLE saga.held_tasks (
        execution_id uuid NOT NULL,
        scope text NOT NULL,
        node text NOT NULL,
        attempt int NOT NULL,
        queue text NOT NULL,
        bucket text NOT NULL,
        rate_limit int NOT NULL,
        rate_per float8 NOT NULL,
        rank float8 NOT NULL,
        since timestamptz NOT NULL DEFAULT now(),
        released_at timestamptz,
        PRIMARY KEY (execution_id, scope, node)
      ) WITH (fillfactor = 80);
      CREATE INDEX held_tasks_in_order ON saga.held_tasks (bucket, rank, execution_id, scope, node) WHERE released_at IS NULL;
      CREATE INDEX held_tasks_released ON saga.held_tasks (released_at) WHERE released_at IS NOT NULL;
      COMMENT ON TABLE saga.held_tasks IS 'QUEUED steps whose tasks wait for their rate limit. rate_per is in milliseconds.';

      CREATE TABLE saga.rate_grants (
        bucket text NOT NULL,
        at float8 NOT NULL,
        tasks int NOT NULL,
        PRIMARY KEY (bucket, at)
      );
      COMMENT ON TABLE saga.rate_grants IS 'How many tasks of a bucket were let go, and when (epoch milliseconds).';

      CREATE TABLE saga.backlog (
        execution_id uuid NOT NULL,
        scope text NOT NULL,
        node text NOT NULL,
        attempt int NOT NULL,
        dispatch int NOT NULL,
        queue text NOT NULL,
        fair_key text NOT NULL,
        priority smallint NOT NULL,
        rank float8 NOT NULL,
        since timestamptz NOT NULL DEFAULT now(),
        taken_at timestamptz,
        PRIMARY KEY (execution_id, scope, node)
      ) WITH (fillfactor = 80);
      CREATE INDEX backlog_in_order ON saga.backlog (queue, fair_key, rank, execution_id, scope, node) WHERE taken_at IS NULL;
      CREATE INDEX backlog_taken ON saga.backlog (taken_at) WHERE taken_at IS NOT NULL;
      COMMENT ON TABLE saga.backlog IS 'Tasks beyond their queue''s window in the stream.';

      ALTER TABLE saga.backlog SET (autovacuum_vacuum_scale_factor = 0.02);
      ALTER TABLE saga.held_tasks SET (autovacuum_vacuum_scale_factor = 0.02);
      ALTER TABLE saga.rate_grants SET (autovacuum_vacuum_scale_factor = 0.02);
      ALTER TABLE saga.slots SET (autovacuum_vacuum_scale_factor = 0.02);
    `);
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only; restore a backup to go back.');
  }
}
