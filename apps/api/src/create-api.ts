import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { NestLogger } from '@jetsaga/telemetry';
import { ApiModule } from './api.module.ts';
import { httpServer } from './http/http-server.ts';
import { IdempotentResponses } from './http/idempotency.ts';
import { KnownRoutes } from './http/known-routes.ts';
import { ProblemFilter } from './http/problem.filter.ts';
import { SchemaPipe } from './http/schema.pipe.ts';
import { serveOpenApi } from './pages/open-api.ts';
import type { ApiResources } from './resources.ts';

/** The API, wired and not listening yet. It closes nothing of its resources. */
export async function createApi(resources: ApiResources): Promise<NestFastifyApplication> {
  const routes = new KnownRoutes();
  const { access, log, metrics, pool, payloads } = resources;
  const adapter = httpServer({ access, log, metrics, routes, idempotency: new IdempotentResponses(pool, payloads) });
  const app = await NestFactory.create<NestFastifyApplication>(ApiModule.with(resources), adapter, {
    logger: new NestLogger(log),
    bodyParser: false,
  });
  app.useGlobalPipes(new SchemaPipe());
  app.useGlobalFilters(new ProblemFilter(routes));
  serveOpenApi(app, '0.1.0');
  await app.init();
  return app;
}
