import { createHash } from 'node:crypto';
import { Inject, Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import {
  claimIdempotencyKey,
  forgetIdempotentResponses,
  releaseIdempotencyKey,
  storeIdempotentResponse,
  type PayloadCodec,
} from '@jetsaga/persistence';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Pool } from 'pg';
import { from, lastValueFrom, type Observable } from 'rxjs';
import { idempotencyKeyOf } from '../http/idempotency-key.ts';
import { Problem } from '../http/problem.ts';
import { PAYLOADS, POOL } from '../resources.ts';
import { NOT_REPLAYED } from './not-replayed.ts';

const leaseMs = 60_000;
const keptMs = 24 * 3_600_000;
const sweepEveryMs = 3_600_000;

/**
 * Answers a POST that comes again with the same `Idempotency-Key` as the first one was answered, for a day.
 * What failed is not kept: it may be tried again with its key.
 * Errors: 409 IDEMPOTENCY_CONFLICT for another request, 409 IDEMPOTENCY_IN_PROGRESS while the first is worked on.
 */
@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  private readonly pool: Pool;
  private readonly payloads: PayloadCodec;
  private readonly reflector: Reflector;
  private sweptAt = 0;

  constructor(@Inject(POOL) pool: Pool, @Inject(PAYLOADS) payloads: PayloadCodec, reflector: Reflector) {
    this.pool = pool;
    this.payloads = payloads;
    this.reflector = reflector;
  }

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    if (request.method !== 'POST' || request.headers['idempotency-key'] === undefined) return next.handle();
    if (this.reflector.get<boolean>(NOT_REPLAYED, context.getHandler())) return next.handle();
    return from(this.once(request, context.switchToHttp().getResponse<FastifyReply>(), next));
  }

  private async once(request: FastifyRequest, reply: FastifyReply, next: CallHandler): Promise<unknown> {
    const key = digest(`${request.actor}\n${request.url}\n${idempotencyKeyOf(request)}`);
    const requestHash = digest(JSON.stringify(request.body) ?? '');
    const claim = await claimIdempotencyKey(this.pool, this.payloads, { key, requestHash, leaseMs });
    switch (claim.kind) {
      case 'answered':
        reply.status(claim.status).header('idempotency-replayed', 'true');
        return claim.body;
      case 'conflict':
        throw new Problem(409, 'IDEMPOTENCY_CONFLICT', 'this idempotency key was used with another request');
      case 'in_progress':
        throw new Problem(409, 'IDEMPOTENCY_IN_PROGRESS', 'the first request with this idempotency key is being worked on', {
          headers: { 'retry-after': '1' },
        });
      case 'claimed':
        return this.answer(key, reply, next);
    }
  }

  private async answer(key: string, reply: FastifyReply, next: CallHandler): Promise<unknown> {
    try {
      const body = await lastValueFrom(next.handle(), { defaultValue: undefined });
      await storeIdempotentResponse(this.pool, this.payloads, { key, status: reply.statusCode, body });
      await this.sweep();
      return body;
    } catch (error) {
      // A claim that cannot be given back ends by itself.
      await releaseIdempotencyKey(this.pool, key).catch(() => undefined);
      throw error;
    }
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
