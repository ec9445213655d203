import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What was answered to requests with an idempotency key, for as long as a client may send them again. */
export class IdempotentResponses1700000100000 implements MigrationInterface {
  name = 'IdempotentResponses1700000100000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE saga.idempotent_responses (
        key text PRIMARY KEY,
        request_hash text NOT NULL,
        status smallint,
        body text,
        claimed_until timestamptz NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now()
      );
      CREATE INDEX idempotent_responses_by_age ON saga.idempotent_responses (created_at);
      COMMENT ON COLUMN saga.idempotent_responses.status IS 'Null while the first request is being worked on, until claimed_until.';
    `);
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only; restore a backup to go back.');
  }
}
