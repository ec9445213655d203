import { Body, Controller, HttpCode, Inject, Param, Post, Req } from '@nestjs/common';
import { cloudEventSchema, isEventType, type CloudEvent, type Json } from '@jetsaga/contracts';
import type { EventReceipt, StartingEngine } from '@jetsaga/engine';
import { ApiBody, ApiConsumes, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { mediaType } from '../http/body-parsers.ts';
import { idempotencyKeyOf } from '../http/idempotency-key.ts';
import { Problem } from '../http/problem.ts';
import { escapePointer } from '../http/strict-json.ts';
import { traceparentOf } from '../http/traceparent.ts';
import { ENGINE, MAX_MESSAGE_BYTES } from '../resources.ts';

const receipt = z.object({
  id: z.string().describe('Of the event.'),
  executions: z.array(z.string()).describe('Executions it started, now or when it came before.'),
  rejected: z.array(
    z.object({ workflow: z.string(), problems: z.array(z.object({ pointer: z.string(), message: z.string() })) }),
  ),
});

/** More than the attributes around the data of an event can take. */
const attributesBytes = 8 * 1024;

@ApiTags('events')
@Controller('v1/events')
export class EventsController {
  private readonly engine: StartingEngine;

  private readonly maxMessageBytes: number;

  constructor(@Inject(ENGINE) engine: StartingEngine, @Inject(MAX_MESSAGE_BYTES) maxMessageBytes: number) {
    this.maxMessageBytes = maxMessageBytes;
    this.engine = engine;
  }

  @Post(':type')
  @HttpCode(200)
  @ApiOperation({ summary: 'Publish an event: the body is its data, or a whole CloudEvent as application/cloudevents+json' })
  @ApiConsumes('application/json', 'application/cloudevents+json')
  @ApiBody({ schema: {}, required: false })
  @ApiResponse({ status: 200, description: 'Durable; started what it matched.', standardSchema: receipt })
  async publish(
    @Param('type') type: string,
    @Body() body: Json | undefined,
    @Req() request: FastifyRequest,
  ): Promise<EventReceipt> {
    if (!isEventType(type)) {
      throw new Problem(422, 'INVALID_EVENT_TYPE', 'an event type is levels of letters, digits, `_` and `-`, joined by dots');
    }
    const event =
      mediaType(request) === 'application/cloudevents+json' ? wholeEvent(type, body) : eventAround(type, body, request);
    this.refuseTooLarge(event, request);
    const result = await this.engine.events.publish(event, request.actor);
    if (result.rejected.length > 0 && result.executions.length === 0) throw allRejected(result);
    return result;
  }

  /** An event travels as one message, and the server takes none that is larger. */
  private refuseTooLarge(event: CloudEvent, request: FastifyRequest): void {
    const announced = Number(request.headers['content-length'] ?? Infinity);
    if (announced + attributesBytes <= this.maxMessageBytes) return;
    const bytes = Buffer.byteLength(JSON.stringify(event));
    if (bytes <= this.maxMessageBytes) return;
    throw new Problem(
      413,
      'TOO_LARGE',
      `an event may have ${this.maxMessageBytes} bytes here, this one has ${bytes}; send an address instead`,
    );
  }
}

function wholeEvent(type: string, body: Json | undefined): CloudEvent {
  const parsed = cloudEventSchema.safeParse(body);
  if (!parsed.success) {
    const errors = parsed.error.issues.map((issue) => ({
      pointer: issue.path.map((segment) => `/${escapePointer(String(segment))}`).join(''),
      message: issue.message,
      code: 'INVALID_EVENT',
    }));
    throw new Problem(422, 'INVALID_EVENT', 'the body is not a CloudEvent 1.0 in structured JSON', { errors });
  }
  if (parsed.data.type === type) return parsed.data;
  throw new Problem(422, 'INVALID_EVENT', `the event is of type ${parsed.data.type}, the path says ${type}`, {
    errors: [{ pointer: '/type', message: 'differs from the path', code: 'INVALID_EVENT' }],
  });
}

/** With an idempotency key, the event keeps its id when it is sent again, and starts nothing twice. */
function eventAround(type: string, data: Json | undefined, request: FastifyRequest): CloudEvent {
  const traceparent = traceparentOf(request);
  return {
    specversion: '1.0',
    id: idempotencyKeyOf(request) ?? randomUUID(),
    source: '/jetsaga/api',
    type,
    time: new Date().toISOString(),
    datacontenttype: 'application/json',
    data: data === undefined ? null : data,
    ...(traceparent !== null && { traceparent }),
  };
}

function allRejected({ id, rejected }: EventReceipt): Problem {
  const errors = rejected.flatMap(({ workflow, problems }) =>
    problems.map(({ pointer, message }) => ({ pointer, message: `${workflow}: ${message}`, code: 'INVALID_EVENT' })),
  );
  return new Problem(422, 'EVENT_REJECTED', 'every workflow that listens to this event refuses it', {
    errors,
    extensions: { id, executions: [], rejected },
  });
}
