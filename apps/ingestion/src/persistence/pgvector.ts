import type { DataSource } from 'typeorm';

/**
 * Whether vectors can be compared by pgvector. Where the server has the extension but this database does not, it is
 * tried to be created; a role that may not do that goes on without.
 */
export async function hasPgvector(dataSource: DataSource): Promise<boolean> {
  const installed = async (): Promise<boolean> => {
    const rows: unknown[] = await dataSource.query(`SELECT 1 FROM pg_extension WHERE extname = 'vector'`);
    return rows.length > 0;
  };
  if (await installed()) return true;
  const available: unknown[] = await dataSource.query(`SELECT 1 FROM pg_available_extensions WHERE name = 'vector'`);
  if (available.length === 0) return false;
  try {
    await dataSource.query('CREATE EXTENSION IF NOT EXISTS vector');
  } catch {
    return installed();
  }
  return true;
}
