import { Module, type DynamicModule, type Type } from '@nestjs/common';
import type { NatsConnection } from '@jetsaga/messaging';
import type { BlobStore } from '@jetsaga/storage';
import type { Logger, Metrics } from '@jetsaga/telemetry';
import { HealthChecks } from '../health/health-checks.ts';
import { HealthController } from '../health/health.controller.ts';
import type { OpenDatabase } from './open-database.ts';
import { BLOB_STORE, CONFIGURATION, LOGGER, METRICS, NATS_CONNECTION, OPEN_DATABASE } from './service-tokens.ts';

export interface ServiceParts {
  readonly configuration: object;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly connection: NatsConnection;
  readonly storage: BlobStore;
  readonly checks: HealthChecks;
  readonly openDatabase: OpenDatabase;
}

/** What every service offers its own module, and the health routes. */
@Module({})
export class ServiceModule {
  static with(parts: ServiceParts, module: Type | DynamicModule | undefined): DynamicModule {
    const providers = [
      { provide: CONFIGURATION, useValue: parts.configuration },
      { provide: LOGGER, useValue: parts.log },
      { provide: METRICS, useValue: parts.metrics },
      { provide: NATS_CONNECTION, useValue: parts.connection },
      { provide: BLOB_STORE, useValue: parts.storage },
      { provide: OPEN_DATABASE, useValue: parts.openDatabase },
      { provide: HealthChecks, useValue: parts.checks },
    ];
    return {
      module: ServiceModule,
      global: true,
      imports: module ? [module] : [],
      controllers: [HealthController],
      providers,
      exports: providers.map(({ provide }) => provide),
    };
  }
}
