import { Inject, Injectable } from '@nestjs/common';
import { knownHandlers, knownWorkers, queueBacklogs, type KnownHandler, type KnownWorker } from '@jetsaga/persistence';
import type { Pool } from 'pg';
import { POOL } from '../resources.ts';
import { QueueDepths } from './queue-depths.ts';

/** A worker announces itself every few seconds; one silent for longer is taken for gone. */
const aliveMs = 30_000;

type Times = 'firstSeenAt' | 'lastSeenAt';
export type HandlerView = Omit<KnownHandler, Times> & { readonly available: boolean; readonly lastSeenAt: string };
export type WorkerView = Omit<KnownWorker, Times> & Readonly<Record<Times, string>>;
export interface QueueView {
  readonly name: string;
  readonly depth: number | null;
  readonly backlog: number;
  readonly oldestAgeMs: number | null;
  readonly running: number | null;
  readonly workers: number;
  readonly concurrency: number;
}

/** Handlers, workers and queues, as the workers announced them. */
@Injectable()
export class Fleet {
  private readonly pool: Pool;
  private readonly depths: QueueDepths;

  constructor(@Inject(POOL) pool: Pool, depths: QueueDepths) {
    this.pool = pool;
    this.depths = depths;
  }

  async handlers(): Promise<HandlerView[]> {
    const [handlers, workers] = await Promise.all([knownHandlers(this.pool), this.alive()]);
    const offered = new Set(workers.flatMap((worker) => worker.handlers));
    return handlers.map(({ firstSeenAt: _first, lastSeenAt, ...handler }) => ({
      ...handler,
      available: offered.has(handler.name),
      lastSeenAt: new Date(lastSeenAt).toISOString(),
    }));
  }

  async workers(): Promise<WorkerView[]> {
    const workers = await this.alive();
    return workers.map((worker) => ({
      ...worker,
      firstSeenAt: new Date(worker.firstSeenAt).toISOString(),
      lastSeenAt: new Date(worker.lastSeenAt).toISOString(),
    }));
  }

  async queues(): Promise<QueueView[]> {
    const [handlers, workers, waiting] = await Promise.all([knownHandlers(this.pool), this.alive(), queueBacklogs(this.pool)]);
    const backlogs = new Map(waiting.map((backlog) => [backlog.queue, backlog]));
    const names = new Set([
      ...handlers.map((handler) => handler.queue),
      ...workers.flatMap((worker) => worker.queues),
      ...backlogs.keys(),
    ]);
    const now = Date.now();
    return Promise.all(
      [...names].sort().map(async (name) => {
        const depth = await this.depths.of(name);
        const consumers = workers.filter((worker) => worker.queues.includes(name));
        return {
          name,
          depth: depth?.waiting ?? null,
          backlog: backlogs.get(name)?.tasks ?? 0,
          oldestAgeMs: backlogs.has(name) ? Math.max(0, now - backlogs.get(name)!.oldestAt) : null,
          running: depth?.running ?? null,
          workers: consumers.length,
          concurrency: consumers.reduce((sum, worker) => sum + worker.concurrency, 0),
        };
      }),
    );
  }

  alive(): Promise<KnownWorker[]> {
    return knownWorkers(this.pool, Date.now() - aliveMs);
  }
}
