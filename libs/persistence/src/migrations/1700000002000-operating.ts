import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What compensation has to know of a step, beside what every step has. */
export class Operating1700000002000 implements MigrationInterface {
  name = 'Operating1700000002000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE saga.steps ADD COLUMN undo text;
      COMMENT ON COLUMN saga.steps.undo IS 'How far undoing the step is, and what is unknown about its outcome; null for most steps.';
    `);
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only; restore a backup to go back.');
  }
}
