import { Inject, Injectable } from '@nestjs/common';
import { ServiceClient } from '@jetsaga/messaging';
import type { Pool } from 'pg';
import { ShippedDefinitions } from '../definitions/shipped-definitions.ts';
import { Fleet } from '../fleet/fleet.ts';
import { POOL } from '../resources.ts';
import { NatsPulse } from './nats-pulse.ts';

export interface PartHealth {
  readonly status: 'ok' | 'down';
  readonly latencyMs: number;
  /** Workers only: how many are alive. */
  readonly active?: number;
  /** Why it is down, for people. */
  readonly reason?: string;
}

export interface Health {
  readonly status: 'ok' | 'down';
  readonly parts: Readonly<Record<'postgres' | 'nats' | 'coordinator' | 'workers', PartHealth>>;
}

const limitMs = 2_000;

/** Really asks every part, each for 2 s at most. */
@Injectable()
export class HealthChecks {
  private readonly pool: Pool;
  private readonly nats: NatsPulse;
  private readonly services: ServiceClient;
  private readonly fleet: Fleet;
  private readonly shipped: ShippedDefinitions;

  constructor(@Inject(POOL) pool: Pool, nats: NatsPulse, services: ServiceClient, fleet: Fleet, shipped: ShippedDefinitions) {
    this.shipped = shipped;
    this.pool = pool;
    this.nats = nats;
    this.services = services;
    this.fleet = fleet;
  }

  /** Without workers the platform is well all the same: work waits for them. */
  async all(): Promise<Health> {
    const [postgres, nats, coordinator, workers] = await Promise.all([
      this.postgres(),
      this.natsServer(),
      measure(async () => void (await this.services.call('coordinator', 'health', {}, { timeoutMs: limitMs }))),
      measure(async () => ({ active: (await this.fleet.alive()).length })),
    ]);
    const parts = { postgres, nats, coordinator, workers };
    return { status: Object.values(parts).every((part) => part.status === 'ok') ? 'ok' : 'down', parts };
  }

  /** Whether this process can do its work. */
  async ready(): Promise<{ readonly status: 'ok' | 'down'; readonly parts: Readonly<Record<'postgres' | 'nats', PartHealth>> }> {
    const [postgres, nats] = await Promise.all([this.postgres(), this.natsServer()]);
    const ready = this.shipped.ready && postgres.status === 'ok' && nats.status === 'ok';
    return { status: ready ? 'ok' : 'down', parts: { postgres, nats } };
  }

  private postgres(): Promise<PartHealth> {
    return measure(async () => void (await this.pool.query('SELECT 1')));
  }

  private natsServer(): Promise<PartHealth> {
    return measure(() => this.nats.beat());
  }
}

async function measure(ask: () => Promise<{ active: number } | void>): Promise<PartHealth> {
  const begun = performance.now();
  const latencyMs = () => Math.round((performance.now() - begun) * 100) / 100;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${limitMs / 1_000} s`)), limitMs);
  });
  try {
    const extra = await Promise.race([ask(), late]);
    return { status: 'ok', latencyMs: latencyMs(), ...extra };
  } catch (error) {
    return { status: 'down', latencyMs: latencyMs(), reason: error instanceof Error ? error.message : String(error) };
  } finally {
    clearTimeout(timer);
  }
}
