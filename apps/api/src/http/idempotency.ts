import { createHash } from 'node:crypto';
import {
  claimIdempotencyKey,
  forgetIdempotentResponses,
  releaseIdempotencyKey,
  storeIdempotentResponse,
  type PayloadCodec,
} from '@jetsaga/persistence';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Pool } from 'pg';
import { idempotencyKeyOf } from './idempotency-key.ts';
import { Problem } from './problem.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The route is idempotent by a key of its own: its responses are not kept. */
    readonly ownIdempotency?: boolean;
  }
  interface FastifyRequest {
    /** Of the claim that this request holds. */
    idempotencyClaim: string | null;
  }
}

const leaseMs = 60_000;
const keptMs = 24 * 3_600_000;
const sweepEveryMs = 3_600_000;

/** A response as it is kept. */
interface Kept {
  readonly type: string;
  readonly payload: string;
}

/**
 * Answers a POST that comes again with the same `Idempotency-Key` as the first one was answered, for a day.
 * What failed is not kept: it may be tried again with its key.
 * Errors: 409 IDEMPOTENCY_CONFLICT for another request, 409 IDEMPOTENCY_IN_PROGRESS while the first is worked on.
 */
export class IdempotentResponses {
  private readonly pool: Pool;
  private readonly payloads: PayloadCodec;
  private sweptAt = 0;

  constructor(pool: Pool, payloads: PayloadCodec) {
    this.pool = pool;
    this.payloads = payloads;
  }

  serve(fastify: FastifyInstance): void {
    fastify.decorateRequest('idempotencyClaim', null);
    fastify.addHook('preHandler', (request, reply, done) => {
      if (!this.concerns(request)) return done();
      this.begin(request, reply).then((replayed) => (replayed ? undefined : done()), done);
    });
    fastify.addHook('onSend', (request, reply, payload, done) => {
      const key = request.idempotencyClaim;
      // A request that the router refused was never given one.
      if (!key) return done(null, payload);
      this.end(key, reply, payload).then(() => done(null, payload), done);
    });
  }

  private concerns(request: FastifyRequest): boolean {
    if (request.method !== 'POST' || request.headers['idempotency-key'] === undefined || request.is404) return false;
    return request.routeOptions.config.ownIdempotency !== true;
  }

  /** True when the request was answered. */
  private async begin(request: FastifyRequest, reply: FastifyReply): Promise<boolean> {
    const key = digest(`${request.actor}\n${request.url}\n${idempotencyKeyOf(request)}`);
    const requestHash = digest(JSON.stringify(request.body) ?? '');
    const claim = await claimIdempotencyKey(this.pool, this.payloads, { key, requestHash, leaseMs });
    switch (claim.kind) {
      case 'claimed':
        request.idempotencyClaim = key;
        return false;
      case 'answered': {
        const { type, payload } = claim.body as Kept;
        void reply.status(claim.status).type(type).header('idempotency-replayed', 'true').send(payload);
        return true;
      }
      case 'conflict':
        throw new Problem(409, 'IDEMPOTENCY_CONFLICT', 'this idempotency key was used with another request');
      case 'in_progress':
        throw new Problem(409, 'IDEMPOTENCY_IN_PROGRESS', 'the first request with this idempotency key is being worked on', {
          headers: { 'retry-after': '1' },
        });
    }
  }

  private async end(key: string, reply: FastifyReply, payload: unknown): Promise<void> {
    if (reply.statusCode >= 300 || (payload != null && typeof payload !== 'string')) {
      // A claim that cannot be given back ends by itself.
      await releaseIdempotencyKey(this.pool, key).catch(() => undefined);
      return;
    }
    const body: Kept = { type: String(reply.getHeader('content-type') ?? 'application/json'), payload: payload ?? '' };
    await storeIdempotentResponse(this.pool, this.payloads, { key, status: reply.statusCode, body });
    await this.sweep();
  }

  private async sweep(): Promise<void> {
    if (Date.now() - this.sweptAt < sweepEveryMs) return;
    this.sweptAt = Date.now();
    await forgetIdempotentResponses(this.pool, keptMs);
  }
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
