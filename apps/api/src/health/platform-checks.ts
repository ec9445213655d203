import { Inject, Injectable } from '@nestjs/common';
import { ServiceClient } from '@jetsaga/messaging';
import { HealthChecks, type HealthReport, type PartHealth } from '@jetsaga/service';
import type { Pool } from 'pg';
import { ShippedDefinitions } from '../definitions/shipped-definitions.ts';
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
  private readonly shipped: ShippedDefinitions;

  constructor(@Inject(POOL) pool: Pool, nats: NatsPulse, services: ServiceClient, fleet: Fleet, shipped: ShippedDefinitions) {
    this.fleet = fleet;
    this.shipped = shipped;
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
  async ready(): Promise<HealthReport> {
    const report = await this.own.report();
    return this.shipped.ready ? report : { ...report, status: 'down' };
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
