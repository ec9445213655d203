import type { DataSource, EntityManager } from 'typeorm';

/** The rows a statement returns. TypeORM wraps those of UPDATE and DELETE in `[rows, count]`. */
export async function queryRows<T>(
  source: DataSource | EntityManager,
  sql: string,
  parameters: readonly unknown[] = [],
): Promise<T[]> {
  const result: unknown = await source.query(sql, [...parameters]);
  if (!Array.isArray(result)) return [];
  return (result.length === 2 && Array.isArray(result[0]) && typeof result[1] === 'number' ? result[0] : result) as T[];
}
