import type { Metrics } from '@jetsaga/telemetry';
import type { FastifyInstance } from 'fastify';

/** Times every request by its route's pattern, so that ids and typing errors make no labels. */
export function measureRequests(fastify: FastifyInstance, metrics: Metrics): void {
  const seconds = metrics.histogram({
    name: 'http_request_seconds',
    help: 'Time to answer a request, by method, route and status',
    labels: ['method', 'route', 'status'],
  });
  fastify.addHook('onResponse', (request, reply, done) => {
    const labels = { method: request.method, route: request.routeOptions.url ?? 'none', status: String(reply.statusCode) };
    seconds.observe(labels, reply.elapsedTime / 1_000);
    done();
  });
}
