import { Module, type DynamicModule } from '@nestjs/common';
import { ServiceClient } from '@jetsaga/messaging';
import { BulkController } from './bulk/bulk.controller.ts';
import { BulkJobs } from './bulk/bulk-jobs.ts';
import { DagEngineController } from './dag-engine/dag-engine.controller.ts';
import { DagEngine } from './dag-engine/dag-engine.ts';
import { DefinitionsController } from './definitions/definitions.controller.ts';
import { Definitions } from './definitions/definitions.ts';
import { HandlerCatalogSource } from './definitions/handler-catalog.ts';
import { ShippedDefinitions } from './definitions/shipped-definitions.ts';
import { DocumentsController } from './documents/documents.controller.ts';
import { Documents } from './documents/documents.ts';
import { Uploads } from './documents/uploads.ts';
import { EventsController } from './events/events.controller.ts';
import { ExecutionCommands } from './executions/execution-commands.ts';
import { ExecutionEnds } from './executions/execution-ends.ts';
import { ExecutionReads } from './executions/execution-reads.ts';
import { ExecutionStarts } from './executions/execution-starts.ts';
import { ExecutionSteps } from './executions/execution-steps.ts';
import { ExecutionsController } from './executions/executions.controller.ts';
import { LifecycleSource } from './executions/lifecycle-source.ts';
import { LiveEvents } from './executions/live-events.ts';
import { OperatingController } from './executions/operating.controller.ts';
import { SignalsController } from './executions/signals.controller.ts';
import { StartsController } from './executions/starts.controller.ts';
import { FleetController } from './fleet/fleet.controller.ts';
import { Fleet } from './fleet/fleet.ts';
import { QueueDepths } from './fleet/queue-depths.ts';
import { HealthController } from './health/health.controller.ts';
import { NatsPulse } from './health/nats-pulse.ts';
import { PlatformChecks } from './health/platform-checks.ts';
import { HomeController } from './pages/home.controller.ts';
import { SchedulesController } from './schedules/schedules.controller.ts';
import { ENGINE, LOG, METRICS, MAX_MESSAGE_BYTES, PAYLOADS, POOL, SECRETS, SHIPPED, type ApiResources } from './resources.ts';
import { WebhooksController } from './webhooks/webhooks.controller.ts';
import { Tasks } from './tasks/tasks.ts';
import { TasksController } from './tasks/tasks.controller.ts';

@Module({})
export class ApiModule {
  static with(resources: ApiResources): DynamicModule {
    return {
      module: ApiModule,
      controllers: [
        HomeController,
        HealthController,
        DefinitionsController,
        StartsController,
        ExecutionsController,
        OperatingController,
        BulkController,
        SignalsController,
        TasksController,
        EventsController,
        SchedulesController,
        WebhooksController,
        DocumentsController,
        FleetController,
        DagEngineController,
      ],
      providers: [
        { provide: POOL, useValue: resources.pool },
        { provide: PAYLOADS, useValue: resources.payloads },
        { provide: ENGINE, useValue: resources.engine },
        { provide: METRICS, useValue: resources.metrics },
        { provide: LOG, useValue: resources.log },
        { provide: MAX_MESSAGE_BYTES, useValue: resources.maxMessageBytes },
        { provide: SECRETS, useValue: resources.secrets },
        { provide: SHIPPED, useValue: resources.shipped },
        { provide: LifecycleSource, useValue: resources.lifecycle },
        { provide: QueueDepths, useValue: resources.queueDepths },
        { provide: NatsPulse, useValue: resources.natsPulse },
        { provide: ServiceClient, useValue: resources.services },
        { provide: Uploads, useValue: resources.uploads },
        Definitions,
        HandlerCatalogSource,
        ShippedDefinitions,
        ExecutionReads,
        ExecutionSteps,
        ExecutionEnds,
        ExecutionStarts,
        ExecutionCommands,
        BulkJobs,
        LiveEvents,
        Tasks,
        Fleet,
        PlatformChecks,
        Documents,
        DagEngine,
      ],
    };
  }
}
