import { Catch, NotFoundException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { KnownRoutes } from './known-routes.ts';
import { problemOf } from './problem-of.ts';
import { Problem } from './problem.ts';

/** Answers every error of a controller, of the router and of the body parsers as `application/problem+json`. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly routes: KnownRoutes;

  constructor(routes: KnownRoutes) {
    this.routes = routes;
  }

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const missing = error instanceof NotFoundException && request.is404;
    sendProblem(missing ? this.routes.problemOf(request) : error, request, http.getResponse<FastifyReply>());
  }
}

/** An unknown error is logged whole and answered with 500 and nothing of its text. */
export function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const known = problemOf(error);
  if (known === undefined) request.log.error({ err: error }, 'a request failed unexpectedly');
  else if (known.status >= 500) request.log.warn({ err: error }, known.message);
  const problem =
    known ?? new Problem(500, 'INTERNAL', 'something went wrong here; the log of the server says what', { cause: error });
  // A stream (live events, a download) that fails in the middle cannot change its status any more.
  if (reply.raw.headersSent) {
    reply.raw.destroy();
    return;
  }
  void reply
    .status(problem.status)
    .headers(problem.headers)
    .type('application/problem+json')
    .send(JSON.stringify(problem.body()));
}
