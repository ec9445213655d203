import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The schema `saga`: the truth about every execution.
 *
 * Hot tables have a fillfactor that leaves room for HOT updates, no index on a column that changes, and no foreign
 * keys. Payload columns (input, config, output, error, …) are text that only the payload codec reads and writes.
 */
export class Saga1700000000000 implements MigrationInterface {
  name = 'Saga1700000000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE saga.definitions (
        key text PRIMARY KEY,
        name text NOT NULL,
        current_version int NOT NULL,
        disabled boolean NOT NULL DEFAULT false,
        labels jsonb NOT NULL DEFAULT '{}',
        description text,
        created_at timestamptz NOT NULL DEFAULT now(),
        changed_at timestamptz NOT NULL DEFAULT clock_timestamp()
      );

      CREATE TABLE saga.definition_versions (
        key text NOT NULL REFERENCES saga.definitions (key) ON DELETE CASCADE,
        version int NOT NULL,
        source text NOT NULL,
        format text NOT NULL,
        document text NOT NULL,
        hash text NOT NULL,
        handlers jsonb NOT NULL,
        has_triggers boolean NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        created_by text NOT NULL,
        PRIMARY KEY (key, version)
      );

      CREATE TABLE saga.executions (
        id uuid PRIMARY KEY,
        row_format smallint NOT NULL DEFAULT 1,
        workflow text NOT NULL,
        version int NOT NULL,
        status text NOT NULL,
        input text NOT NULL,
        output text,
        error text,
        ending text,
        labels jsonb NOT NULL DEFAULT '{}',
        priority text NOT NULL,
        parent_execution_id uuid,
        parent_path text,
        depth smallint NOT NULL DEFAULT 0,
        started_by text NOT NULL,
        created_at timestamptz NOT NULL,
        started_at timestamptz,
        finished_at timestamptz,
        history_seq bigint NOT NULL,
        traceparent text
      ) WITH (fillfactor = 60);
      CREATE INDEX executions_by_workflow ON saga.executions (workflow, id);
      CREATE INDEX executions_by_parent ON saga.executions (parent_execution_id) WHERE parent_execution_id IS NOT NULL;
      CREATE INDEX executions_by_label ON saga.executions USING gin (labels jsonb_path_ops) WHERE labels <> '{}';

      CREATE TABLE saga.steps (
        execution_id uuid NOT NULL,
        scope text NOT NULL,
        node text NOT NULL,
        row_format smallint NOT NULL DEFAULT 1,
        status text NOT NULL,
        handler text NOT NULL,
        queue text,
        attempt int NOT NULL,
        generation int NOT NULL,
        dispatch int NOT NULL,
        config text,
        output text,
        branch text,
        error text,
        queued_at timestamptz,
        started_at timestamptz,
        finished_at timestamptz,
        worker text,
        waiting_for text,
        settled_seq bigint,
        PRIMARY KEY (execution_id, scope, node)
      ) WITH (fillfactor = 60);

      CREATE TABLE saga.timers (
        execution_id uuid NOT NULL,
        scope text NOT NULL,
        node text NOT NULL,
        kind text NOT NULL,
        attempt int NOT NULL,
        due_at timestamptz NOT NULL,
        claimed_until timestamptz NOT NULL DEFAULT '-infinity',
        PRIMARY KEY (execution_id, scope, node, kind)
      );
      CREATE INDEX timers_by_due ON saga.timers (due_at);

      CREATE TABLE saga.history (
        execution_id uuid NOT NULL,
        seq bigint NOT NULL,
        row_format smallint NOT NULL DEFAULT 1,
        entries text NOT NULL,
        PRIMARY KEY (execution_id, seq)
      );
      COMMENT ON TABLE saga.history IS 'One row per transaction and execution; seq is that of its last entry.';

      CREATE TABLE saga.commands (
        id uuid PRIMARY KEY,
        execution_id uuid NOT NULL,
        row_format smallint NOT NULL DEFAULT 1,
        body text NOT NULL,
        given_by text NOT NULL,
        given_at timestamptz NOT NULL,
        handled_at timestamptz,
        outcome text
      );
      CREATE INDEX commands_open ON saga.commands (execution_id) WHERE handled_at IS NULL;
      CREATE INDEX commands_open_by_time ON saga.commands (given_at) WHERE handled_at IS NULL;

      CREATE TABLE saga.start_keys (
        workflow text NOT NULL,
        kind text NOT NULL,
        key text NOT NULL,
        execution_id uuid NOT NULL,
        input_hash text NOT NULL,
        at timestamptz NOT NULL,
        PRIMARY KEY (workflow, kind, key)
      );

      CREATE TABLE saga.outbox (
        id uuid PRIMARY KEY,
        row_format smallint NOT NULL DEFAULT 1,
        created_at timestamptz NOT NULL,
        taken_at timestamptz NOT NULL,
        tasks text NOT NULL,
        messages text NOT NULL
      );
      CREATE INDEX outbox_by_taken ON saga.outbox (taken_at);
      COMMENT ON TABLE saga.outbox IS 'One row per transaction: what its commit must cause and is not yet certain to have caused.';

      CREATE TABLE saga.dispatches (
        execution_id uuid NOT NULL,
        scope text NOT NULL,
        node text NOT NULL,
        attempt int NOT NULL,
        dispatch int NOT NULL,
        queue text NOT NULL,
        stream_created text,
        sequence bigint,
        dispatched_at timestamptz NOT NULL,
        PRIMARY KEY (execution_id, scope, node)
      ) WITH (fillfactor = 80);
      CREATE INDEX dispatches_by_time ON saga.dispatches (dispatched_at, execution_id, scope, node);
      COMMENT ON TABLE saga.dispatches IS 'Tasks still open a while after they were sent, and where their messages are.';

      CREATE TABLE saga.handlers (
        name text PRIMARY KEY,
        queue text NOT NULL,
        description jsonb NOT NULL,
        first_seen_at timestamptz NOT NULL,
        last_seen_at timestamptz NOT NULL
      );

      CREATE TABLE saga.workers (
        name text PRIMARY KEY,
        service text NOT NULL,
        queues text[] NOT NULL,
        handlers text[] NOT NULL,
        concurrency int NOT NULL,
        running int NOT NULL,
        first_seen_at timestamptz NOT NULL,
        last_seen_at timestamptz NOT NULL
      );

      CREATE TABLE saga.settings (name text PRIMARY KEY, value text NOT NULL);
      INSERT INTO saga.settings (name, value) VALUES ('task_token_key', replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''));

      ALTER TABLE saga.executions SET (autovacuum_vacuum_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.1);
      ALTER TABLE saga.steps SET (autovacuum_vacuum_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.1);
      ALTER TABLE saga.outbox SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500);
      ALTER TABLE saga.timers SET (autovacuum_vacuum_scale_factor = 0.02);
      ALTER TABLE saga.dispatches SET (autovacuum_vacuum_scale_factor = 0.02);
    `);
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only; restore a backup to go back.');
  }
}
