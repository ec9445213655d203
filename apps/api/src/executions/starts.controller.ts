import { Body, Controller, Param, Post, Query, Req, Res } from '@nestjs/common';
import { executionStatuses } from '@jetsaga/contracts';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { definitionKeyOf } from '../http/ids.ts';
import { idempotencyKeyOf } from '../http/idempotency-key.ts';
import { traceparentOf } from '../http/traceparent.ts';
import { ExecutionStarts, type StartAnswer } from './execution-starts.ts';
import { resultView } from './execution-view.ts';
import { startBody, startQuery, type StartBody, type StartQuery } from './start-body.ts';

const started = z.object({ executionId: z.string() });
const waiting = started.extend({ status: z.enum(executionStatuses) });

@ApiTags('executions')
@Controller('v1/definitions/:key/executions')
export class StartsController {
  private readonly starts: ExecutionStarts;

  constructor(starts: ExecutionStarts) {
    this.starts = starts;
  }

  // The start key makes it idempotent; a stored response would be a second, weaker way.
  @Post()
  @RouteConfig({ ownIdempotency: true })
  @ApiOperation({ summary: 'Start an execution; `?wait=30s` waits for its end' })
  @ApiResponse({ status: 201, description: 'Started, durably.', standardSchema: started })
  @ApiResponse({
    status: 200,
    description: 'The idempotency key was known; or, with `wait`, the result.',
    standardSchema: resultView.partial().extend(started.shape),
  })
  @ApiResponse({ status: 202, description: 'With `wait`: it is not done.', standardSchema: waiting })
  async start(
    @Param('key') key: string,
    @Query({ schema: startQuery }) { wait }: StartQuery,
    @Body({ schema: startBody }) { idempotencyKey, ...body }: StartBody,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StartAnswer['body']> {
    const value = idempotencyKeyOf(request) ?? idempotencyKey;
    const order = {
      ...body,
      workflow: definitionKeyOf(key),
      by: request.actor,
      key: value === undefined ? undefined : ({ kind: 'key', value } as const),
      traceparent: traceparentOf(request),
    };
    const answer = await (wait === undefined ? this.starts.start(order) : this.starts.startAndWait(order, wait));
    reply.status(answer.status);
    return answer.body;
  }
}
