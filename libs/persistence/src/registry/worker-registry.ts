import type { WorkerAnnouncement } from '@jetsaga/contracts';
import type { DataSource } from 'typeorm';

/** Records what workers announce of themselves; one statement each for workers and handlers. */
export class WorkerRegistry {
  private readonly dataSource: DataSource;

  constructor(dataSource: DataSource) {
    this.dataSource = dataSource;
  }

  async record(announcements: readonly WorkerAnnouncement[]): Promise<void> {
    const newest = new Map(announcements.map((announcement) => [announcement.worker, announcement]));
    const present = [...newest.values()].filter((announcement) => !announcement.leaving);
    const gone = [...newest.values()].filter((announcement) => announcement.leaving);
    if (present.length > 0) {
      await this.dataSource.query(upsertWorkers, [JSON.stringify(present)]);
      await this.dataSource.query(upsertHandlers, [JSON.stringify(present)]);
    }
    if (gone.length > 0) {
      await this.dataSource.query('DELETE FROM saga.workers WHERE name = ANY ($1::text[])', [
        gone.map((announcement) => announcement.worker),
      ]);
    }
  }

  /** Workers that have not been heard of for that long are taken to be gone. */
  async forgetSilent(silentMs: number): Promise<void> {
    await this.dataSource.query(`DELETE FROM saga.workers WHERE last_seen_at < now() - $1::float8 * interval '1 millisecond'`, [
      silentMs,
    ]);
  }
}

const upsertWorkers = `
  INSERT INTO saga.workers (name, service, queues, handlers, concurrency, running, first_seen_at, last_seen_at)
  SELECT a->>'worker', a->>'service', ARRAY(SELECT jsonb_array_elements_text(a->'queues')),
    ARRAY(SELECT h->>'name' FROM jsonb_array_elements(a->'handlers') h), (a->>'concurrency')::int, (a->>'running')::int, now(), now()
  FROM jsonb_array_elements($1::jsonb) a
  ON CONFLICT (name) DO UPDATE SET service = excluded.service, queues = excluded.queues, handlers = excluded.handlers,
    concurrency = excluded.concurrency, running = excluded.running, last_seen_at = excluded.last_seen_at`;

const upsertHandlers = `
  INSERT INTO saga.handlers (name, queue, description, first_seen_at, last_seen_at)
  SELECT DISTINCT ON (h->>'name') h->>'name', h->>'queue', h, now(), now()
  FROM jsonb_array_elements($1::jsonb) a, jsonb_array_elements(a->'handlers') h
  ORDER BY h->>'name'
  ON CONFLICT (name) DO UPDATE SET queue = excluded.queue, description = excluded.description, last_seen_at = excluded.last_seen_at`;
