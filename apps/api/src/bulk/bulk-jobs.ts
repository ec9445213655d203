import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { BulkJob, BulkStore } from '@jetsaga/contracts';
import { PgBulkStore, type PayloadCodec } from '@jetsaga/persistence';
import type { Pool } from 'pg';
import { uuidPattern } from '../http/ids.ts';
import { notFound } from '../http/problem.ts';
import { PAYLOADS, POOL } from '../resources.ts';
import { commandOf, type BulkBody } from './bulk-body.ts';

/** Takes bulk jobs, for a coordinator to work through. */
@Injectable()
export class BulkJobs {
  private readonly store: BulkStore;

  constructor(@Inject(POOL) pool: Pool, @Inject(PAYLOADS) payloads: PayloadCodec) {
    this.store = new PgBulkStore(pool, payloads);
  }

  /** Durable when it resolves. */
  add(body: BulkBody, by: string): Promise<BulkJob> {
    const { action, filter } = body;
    return this.store.add({ id: randomUUID(), action, command: commandOf(body), filter, by, givenAt: Date.now() });
  }

  /** Errors: 404. */
  async get(id: string): Promise<BulkJob> {
    const job = uuidPattern.test(id) ? await this.store.find(id) : undefined;
    if (!job) throw notFound(`bulk job ${id}`);
    return job;
  }
}
