import type { StreamName } from '@jetsaga/contracts';
import { inSpan, type Logger } from '@jetsaga/telemetry';
import { jetstreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import type { INestApplication, INestMicroservice } from '@nestjs/common';
import { EventPattern, RpcException, Server, type CustomTransportStrategy, type MessageHandler } from '@nestjs/microservices';
import { isObservable, lastValueFrom } from 'rxjs';
import { z } from 'zod';
import { BatchConsumer } from '../consume/batch-consumer.ts';
import { parseJson } from '../consume/open-delivery.ts';
import { DeadLetters } from '../dead-letters/dead-letters.ts';
import { decodeEvent } from '../events/decode-event.ts';
import { PipelinedPublisher } from '../publish/pipelined-publisher.ts';
import { serveRequests, type Serving } from '../request/serve-requests.ts';
import { ServiceError } from '../request/service-error.ts';
import { ensureEventConsumer } from '../streams/ensure-topology.ts';
import { EventBinding } from './event-binding.ts';
import { JetStreamContext } from './jet-stream-context.ts';
import { RethrowFilter } from './rethrow-filter.ts';

export interface JetStreamStrategyOptions {
  /** Stays open: close it in `onApplicationShutdown`, after the strategy has drained. */
  readonly connection: NatsConnection;
  /** Queue group of the requests: one process of the service answers each. */
  readonly service: string;
  readonly log?: Logger;
}

/** What `@JetStreamEvent` needs to know besides the subject. */
export interface JetStreamEventExtras {
  readonly stream: StreamName;
  /** Name of the durable consumer, shared by all processes of the service; made where it is missing. */
  readonly durable: string;
  /** Messages in hand per process. Default 10. */
  readonly concurrency?: number;
  readonly maxDeliveries?: number;
}

/** Nest's `@EventPattern` for JetStream: the handler gets what the durable consumer delivers of this subject filter. */
export function JetStreamEvent(subject: string, extras: JetStreamEventExtras): MethodDecorator {
  return EventPattern<string>(subject, extras);
}

/**
 * Nest's transport over NATS.
 * - `@MessagePattern('svc.<service>.<verb>')` answers core NATS requests; errors become `{ error: { code, message } }`.
 * - `@JetStreamEvent(subject, { stream, durable })`, or `@EventPattern` with the same extras, reads a durable JetStream consumer. Messages on `events.>` arrive as CloudEvents,
 *   others as their JSON.
 *
 * Modes: new → listening (`listen`) → closed (`close`: takes nothing more, resolves when what is in hand is done).
 */
export class JetStreamStrategy extends Server implements CustomTransportStrategy {
  override readonly transportId = Symbol('JETSTREAM');
  /** A failed event is delivered again, and logged here. */
  override readonly propagatesEventHandlerErrors = true;
  private readonly options: JetStreamStrategyOptions;
  private readonly servings: (Serving | EventBinding)[] = [];
  private publisher: PipelinedPublisher | null = null;

  constructor(options: JetStreamStrategyOptions) {
    super();
    this.options = options;
  }

  /** Two handlers of one request would answer in turns: that fails at boot. */
  override addHandler(
    pattern: unknown,
    callback: MessageHandler,
    isEventHandler = false,
    extras: Record<string, unknown> = {},
  ): void {
    const name = this.normalizePattern(pattern as string);
    if (!isEventHandler && this.messageHandlers.has(name)) {
      throw new Error(`two handlers answer '${name}': rename or remove one of the @MessagePattern`);
    }
    super.addHandler(pattern, callback, isEventHandler, extras);
  }

  listen(callback: (error?: unknown) => void): void {
    this.bind().then(() => callback(), callback);
  }

  async close(): Promise<void> {
    await Promise.all(this.servings.splice(0).map((serving) => serving.stop()));
    this.publisher?.close();
  }

  on(): never {
    throw new Error('the JetStream strategy has no events; follow the connection with followConnection()');
  }

  unwrap<T>(): T {
    return this.options.connection as T;
  }

  private async bind(): Promise<void> {
    for (const [pattern, handler] of this.messageHandlers) {
      if (handler.isEventHandler) await this.bindEvents(pattern, handler);
      else this.bindRequests(pattern, handler);
    }
    await this.options.connection.flush();
  }

  private bindRequests(subject: string, handler: MessageHandler): void {
    const { connection, service, log } = this.options;
    if (!subject.startsWith('svc.')) {
      throw new Error(`@MessagePattern('${subject}'): requests are answered on 'svc.<service>.<verb>'`);
    }
    this.servings.push(
      serveRequests(
        connection,
        subject,
        service,
        (request) =>
          inSpan(subject, { kind: 'server' }, () => settled(() => handler(request.json(), new JetStreamContext([request])))),
        { log },
      ),
    );
  }

  private async bindEvents(subject: string, handler: MessageHandler): Promise<void> {
    const { connection, log } = this.options;
    const extras = extrasSchema.safeParse(handler.extras);
    if (!extras.success) {
      throw new Error(
        `@JetStreamEvent('${subject}', …) needs { stream, durable } after the subject: ${z.prettifyError(extras.error)}`,
      );
    }
    const { stream, durable, concurrency, maxDeliveries } = extras.data;
    const manager = await jetstreamManager(connection, { checkAPI: false });
    this.publisher ??= new PipelinedPublisher(connection);
    this.servings.push(
      new EventBinding({
        consumer: new BatchConsumer(connection, {
          stream,
          consumer: durable,
          log,
          make: () => ensureEventConsumer(manager, { stream, durable, subject, maxAckPending: concurrency * processes }),
        }),
        deadLetters: new DeadLetters(this.publisher, { maxPayload: connection.info?.max_payload ?? defaultMaxPayload, log }),
        concurrency,
        maxDeliveries,
        log,
        decode: (delivery) => (delivery.subject.startsWith('events.') ? decodeEvent(delivery) : parseJson(delivery.text())),
        handle: (value, delivery) => settled(() => handler(value, new JetStreamContext([delivery]))),
      }),
    );
  }
}

/**
 * Connects the strategy to a Nest application and lets errors reach it. Call it after `app.init()`, then
 * `app.startAllMicroservices()`.
 */
export function connectJetStream(app: INestApplication, strategy: JetStreamStrategy): INestMicroservice {
  const microservice = app.connectMicroservice({ strategy }, { deferInitialization: true });
  microservice.useGlobalFilters(new RethrowFilter());
  // The application has called the hooks of the modules that they share; they must not be called twice.
  if ('setIsInitHookCalled' in microservice && typeof microservice.setIsInitHookCalled === 'function') {
    microservice.setIsInitHookCalled(true);
  }
  return microservice;
}

const extrasSchema = z.object({
  stream: z.string().min(1),
  durable: z.string().regex(/^[A-Za-z0-9_-]+$/),
  concurrency: z.number().int().positive().default(10),
  maxDeliveries: z.number().int().positive().optional(),
});

/** How many processes of a service may be busy with one consumer at a time. */
const processes = 100;
const defaultMaxPayload = 1024 * 1024;

/** Nest answers with a value, a promise or a stream of values; a stream's last value counts. */
async function settled(call: () => unknown): Promise<unknown> {
  try {
    const result = await call();
    return isObservable(result) ? await lastValueFrom(result, { defaultValue: undefined }) : result;
  } catch (error) {
    throw error instanceof RpcException ? fromRpcException(error) : error;
  }
}

const rpcErrorSchema = z.object({ code: z.string(), message: z.string() });

/** Guards and pipes of Nest throw these. */
function fromRpcException(error: RpcException): ServiceError {
  const parsed = rpcErrorSchema.safeParse(error.getError());
  if (parsed.success) return new ServiceError(parsed.data.code, parsed.data.message, { cause: error });
  return new ServiceError('REQUEST_REFUSED', error.message, { cause: error });
}
