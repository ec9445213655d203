import { Body, Controller, Inject, Param, Post, Req, Res } from '@nestjs/common';
import type { StartingEngine, WebhookListener, WebhookReceipt } from '@jetsaga/engine';
import type { Logger } from '@jetsaga/telemetry';
import type { SecretProvider } from '@jetsaga/worker';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiBody, ApiConsumes, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { anonymous } from '../http/access.ts';
import { notFound, Problem } from '../http/problem.ts';
import { traceparentOf } from '../http/traceparent.ts';
import { ENGINE, LOG, SECRETS } from '../resources.ts';
import { isSigned } from './signatures.ts';
import { webhookBody, webhookHeaders } from './webhook-body.ts';

const receiptView = z.object({
  id: z.string(),
  executions: z.array(z.string()),
  rejected: z.array(
    z.object({ workflow: z.string(), problems: z.array(z.object({ pointer: z.string(), message: z.string() })) }),
  ),
});
type ReceiptView = z.infer<typeof receiptView>;

@ApiTags('events')
@Controller('v1/hooks')
export class WebhooksController {
  private readonly engine: StartingEngine;
  private readonly secrets: SecretProvider;
  private readonly log: Logger;

  constructor(@Inject(ENGINE) engine: StartingEngine, @Inject(SECRETS) secrets: SecretProvider, @Inject(LOG) log: Logger) {
    this.engine = engine;
    this.secrets = secrets;
    this.log = log;
  }

  // The webhook says itself which header tells its requests apart.
  @Post(':slug')
  @RouteConfig({ takesBytes: true, ownIdempotency: true })
  @ApiOperation({ summary: 'Start what listens to this webhook' })
  @ApiConsumes('application/json', 'application/x-www-form-urlencoded')
  @ApiBody({ schema: {}, required: false })
  @ApiResponse({ status: 202, description: 'Durable; started what it matched.', standardSchema: receiptView })
  @ApiResponse({ status: 204, description: 'No filter lets it through.' })
  async call(
    @Param('slug') slug: string,
    @Body() bytes: Buffer | undefined,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ReceiptView | undefined> {
    const listeners = await this.engine.webhooks.listeners(slug);
    if (listeners.length === 0) throw notFound(`webhook ${slug.slice(0, 100)}`);
    const raw = bytes ?? Buffer.alloc(0);
    const headers = webhookHeaders(request);
    const verified = await this.verified(listeners, raw, headers, request);
    const receipt = await this.engine.webhooks.accept(verified, {
      slug,
      body: webhookBody(request, raw),
      headers,
      by: request.actor === anonymous ? `webhook:${slug}` : request.actor,
      traceparent: traceparentOf(request),
    });
    return answer(receipt, reply);
  }

  /** Those that the request convinces. Errors: 401 when it convinces none, 503 when a secret is not there. */
  private async verified(
    listeners: readonly WebhookListener[],
    body: Uint8Array,
    headers: Readonly<Record<string, string>>,
    request: FastifyRequest,
  ): Promise<WebhookListener[]> {
    const convinced: WebhookListener[] = [];
    for (const listener of listeners) {
      const { verify } = listener.webhook;
      if (verify.type === 'none' || (verify.type === 'access' && request.actor !== anonymous)) convinced.push(listener);
      if (verify.type === 'none' || verify.type === 'access') continue;
      const secret = await this.secrets.get(verify.secret);
      if (secret === undefined || secret === '') throw this.secretMissing(listener, verify.secret);
      if (isSigned(verify, secret, body, headers, Date.now())) convinced.push(listener);
    }
    if (convinced.length > 0) return convinced;
    throw new Problem(401, 'WEBHOOK_UNVERIFIED', 'the request is not signed as this webhook asks for, or too old');
  }

  /** The sender is told no more than that it may try again. */
  private secretMissing({ plan }: WebhookListener, name: string): Problem {
    this.log.error(
      { workflow: plan.key },
      `the secret ${name} of a webhook is not there: set JETSAGA_SECRET_${name} for the API`,
    );
    return new Problem(503, 'WEBHOOK_SECRET_MISSING', 'this webhook cannot verify requests at the moment', {
      headers: { 'retry-after': '60' },
    });
  }
}

function answer({ id, executions, known, rejected }: WebhookReceipt, reply: FastifyReply): ReceiptView | undefined {
  if (executions.length > 0) {
    reply.status(202);
    return { id, executions: [...executions], rejected: rejected.map((one) => ({ ...one, problems: [...one.problems] })) };
  }
  if (known.length > 0) {
    throw new Problem(409, 'WEBHOOK_DUPLICATE', 'this request came before', { extensions: { id, executions: known } });
  }
  if (rejected.length > 0) {
    const errors = rejected.flatMap(({ workflow, problems }) =>
      problems.map(({ pointer, message }) => ({ pointer, message: `${workflow}: ${message}`, code: 'INVALID_EVENT' })),
    );
    throw new Problem(422, 'EVENT_REJECTED', 'every workflow that listens to this webhook refuses the request', {
      errors,
      extensions: { id, executions: [], rejected },
    });
  }
  reply.status(204);
  return undefined;
}
