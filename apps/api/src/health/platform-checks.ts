import { Inject, Injectable } from '@nestjs/common';
import { ServiceClient } from '@jetsaga/messaging';
import { HealthChecks, type HealthReport, type PartHealth } from '@jetsaga/service';
import type { Pool } from 'pg';
import { Fleet } from '../fleet/fleet.ts';
import { POOL } from '../resources.ts';
import { NatsPulse } from './nats-pulse.ts';

export interface PlatformHealth {
  readonly status: 'ok' | 'down';
  readonly parts: Readonly<Record<string, PartHealth & { readonly active?: number }>>;
}

const coordinatorAnswersWithinMs = 1_500;

/** Really asks every part of the platform. Without workers it is well all the same: work waits for them. */
@Injectable()
export class PlatformChecks {
  private readonly own = new HealthChecks();
  private readonly platform = new HealthChecks();
  private readonly fleet: Fleet;

  constructor(@Inject(POOL) pool: Pool, nats: NatsPulse, services: ServiceClient, fleet: Fleet) {
    this.fleet = fleet;
    for (const checks of [this.own, this.platform]) {
      checks.add('postgres', () => pool.query('SELECT 1'));
      checks.add('nats', () => nats.beat());
    }
    this.platform.add('coordinator', () => services.call('coordinator', 'health', {}, { timeoutMs: coordinatorAnswersWithinMs }));
  }

  async all(): Promise<PlatformHealth> {
    const [{ status, parts }, workers] = await Promise.all([this.platform.report(), this.workers()]);
    return { status: status === 'ok' && workers.status === 'ok' ? 'ok' : 'down', parts: { ...parts, workers } };
  }

  /** Whether this process can do its work. */
  ready(): Promise<HealthReport> {
    return this.own.report();
  }

  private async workers(): Promise<PartHealth & { readonly active?: number }> {
    let active = 0;
    const counting = new HealthChecks();
    counting.add('workers', async () => (active = (await this.fleet.alive()).length));
    const { parts } = await counting.report();
    const part = parts['workers']!;
    return part.status === 'ok' ? { ...part, active } : part;
  }
}
