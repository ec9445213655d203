import { Inject, Module, type OnModuleDestroy } from '@nestjs/common';
import type { NatsConnection } from '@jetsaga/messaging';
import {
  BLOB_STORE,
  CONFIGURATION,
  HealthChecks,
  LOGGER,
  METRICS,
  NATS_CONNECTION,
  whenPostgresAnswers,
  type ServiceConfiguration,
} from '@jetsaga/service';
import { BlobClaimChecks, type BlobStore } from '@jetsaga/storage';
import type { Logger, Metrics } from '@jetsaga/telemetry';
import { startCoordinator, type Coordinator } from './start-coordinator.ts';

const COORDINATOR = Symbol('COORDINATOR');

/** Runs the coordinator for as long as the application: it is started with the module and stopped before anything is closed. */
@Module({
  providers: [
    {
      provide: COORDINATOR,
      inject: [NATS_CONNECTION, CONFIGURATION, BLOB_STORE, METRICS, LOGGER, HealthChecks],
      useFactory: async (
        connection: NatsConnection,
        configuration: ServiceConfiguration<'DATABASE_URL'>,
        blobs: BlobStore,
        metrics: Metrics,
        log: Logger,
        checks: HealthChecks,
      ): Promise<Coordinator> => {
        const claimChecks = new BlobClaimChecks(blobs);
        const parts = { connection, databaseUrl: configuration.DATABASE_URL, claimChecks, metrics, log };
        const coordinator = await whenPostgresAnswers(() => startCoordinator(parts), log);
        checks.add('postgres', () => coordinator.ping());
        return coordinator;
      },
    },
  ],
})
export class CoordinatorModule implements OnModuleDestroy {
  private readonly coordinator: Coordinator;

  constructor(@Inject(COORDINATOR) coordinator: Coordinator) {
    this.coordinator = coordinator;
  }

  onModuleDestroy(): Promise<void> {
    return this.coordinator.stop();
  }
}
