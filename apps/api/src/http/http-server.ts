import { FastifyAdapter } from '@nestjs/platform-fastify';
import {
  LogController,
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  type RawServerDefault,
} from 'fastify';
import type { Logger, Metrics } from '@jetsaga/telemetry';
import { admit, type AccessMode } from './access.ts';
import { bodyLimit, refuseForms, registerBodyParsers } from './body-parsers.ts';
import { answerClientError } from './client-error.ts';
import { measureRequests } from './http-metrics.ts';
import type { IdempotentResponses } from './idempotency.ts';
import type { KnownRoutes } from './known-routes.ts';
import { sendProblem } from './problem.filter.ts';
import { Problem } from './problem.ts';

export interface HttpServerOptions {
  readonly access: AccessMode;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly idempotency: IdempotentResponses;
  /** Is told about every route. */
  readonly routes: KnownRoutes;
}

/** Fastify with our doors: who may come in, which bodies are read, and every error of the framework as a problem. */
export function httpServer(options: HttpServerOptions): FastifyAdapter {
  const adapter = new FastifyAdapter<RawServerDefault>({
    loggerInstance: options.log,
    // A child per request, as is the default, costs more than what it would say is worth.
    childLoggerFactory: (logger: FastifyBaseLogger) => logger,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit,
    routerOptions: { maxParamLength: 500, ignoreTrailingSlash: true },
    requestTimeout: 120_000,
    keepAliveTimeout: 72_000,
    forceCloseConnections: 'idle',
    multipart: {
      limits: { fileSize: maxUploadBytes, files: 1, fields: 20, fieldSize: 64 * 1024, parts: 25 },
      throwFileSizeLimit: true,
    },
    clientErrorHandler: answerClientError,
    frameworkErrors: (error: unknown, request: FastifyRequest, reply: FastifyReply) => sendProblem(error, request, reply),
  } as ConstructorParameters<typeof FastifyAdapter<RawServerDefault>>[0]);
  const fastify = adapter.getInstance() as unknown as FastifyInstance;
  options.routes.watch(fastify);
  measureRequests(fastify, options.metrics);
  fastify.decorateRequest('actor', '');
  fastify.addHook('onRequest', (request, _reply, done) => {
    try {
      refuseNul(request);
      request.actor = admit(request, options.access);
      refuseForms(request);
      done();
    } catch (error) {
      done(error as Error);
    }
  });
  registerBodyParsers(fastify);
  options.idempotency.serve(fastify);
  closeConnectionsOnShutdown(fastify);
  return adapter;
}

const maxUploadBytes = 100 * 1024 * 1024;

/** A connection that is busy when the server closes would be kept alive after its answer, and hold up the shutdown. */
function closeConnectionsOnShutdown(fastify: FastifyInstance): void {
  let closing = false;
  fastify.addHook('preClose', (done) => {
    closing = true;
    done();
  });
  fastify.addHook('onSend', (_request, reply, payload, done) => {
    if (closing) reply.header('connection', 'close');
    done(null, payload);
  });
}

/** Text in Postgres cannot hold U+0000, and no path or query of ours has a use for it. */
function refuseNul(request: FastifyRequest): void {
  if (request.url.includes('%00')) throw new Problem(400, 'INVALID_URL', 'the address holds the character U+0000');
}
