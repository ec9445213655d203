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
        interest text,
        paths text,
        hash text,
        caught_up boolean NOT NULL DEFAULT false,
        PRIMARY KEY (execution_id, scope, node)
      );
      CREATE INDEX waits_of_events ON saga.waits (interest, paths, hash) WHERE kind = 'event';
      CREATE INDEX waits_behind ON saga.waits (since) WHERE kind = 'event' AND NOT caught_up;
      CREATE INDEX waits_of_tasks ON saga.waits (since, execution_id, scope, node) WHERE kind = 'task';
      COMMENT ON TABLE saga.waits IS 'WAITING steps, for whoever has to find them.';

      CREATE TABLE saga.event_interests (
        pattern text NOT NULL,
        paths text NOT NULL,
        execution_id uuid NOT NULL,
        since timestamptz NOT NULL DEFAULT clock_timestamp(),
        PRIMARY KEY (pattern, paths, execution_id)
      );
      CREATE INDEX event_interests_by_time ON saga.event_interests (pattern, paths, since);
      CREATE INDEX event_interests_by_execution ON saga.event_interests (execution_id);
      COMMENT ON TABLE saga.event_interests IS 'Executions under way that may come to wait for events. Times are those of Postgres.';

      CREATE TABLE saga.kept_events (
        seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        pattern text NOT NULL,
        paths text NOT NULL,
        hash text NOT NULL,
        identity text NOT NULL,
        received_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        started uuid[] NOT NULL,
        row_format smallint NOT NULL DEFAULT 1,
        event text NOT NULL
      );
      CREATE UNIQUE INDEX kept_events_by_identity ON saga.kept_events (pattern, paths, identity);
      CREATE INDEX kept_events_by_key ON saga.kept_events (pattern, paths, hash, seq);
      COMMENT ON TABLE saga.kept_events IS 'Events that executions under way may still come to wait for.';
    `);
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only; restore a backup to go back.');
  }
}
