import { errorShapeSchema, subjects, type Json } from '@jetsaga/contracts';
import type { NatsConnection } from '@nats-io/transport-node';
import { z } from 'zod';
import { requestReply } from './request-reply.ts';
import { errorHeader } from './service-error.ts';

/** The service's own codes, and these. */
export type ServiceCallCode =
  /** No process of the service listens. */
  | 'SERVICE_UNAVAILABLE'
  /** It did not answer in time, and may still do the work. */
  | 'SERVICE_TIMEOUT'
  | 'SERVICE_REPLY_INVALID'
  | 'REQUEST_NOT_SENT'
  | (string & {});

/** A call of another service that brought no result. */
export class ServiceCallError extends Error {
  override readonly name = 'ServiceCallError';
  readonly code: ServiceCallCode;
  readonly service: string;
  readonly verb: string;
  readonly details?: Json;

  constructor(
    call: { readonly service: string; readonly verb: string },
    error: { readonly code: ServiceCallCode; readonly message: string; readonly details?: Json },
    options?: ErrorOptions,
  ) {
    super(error.message, options);
    this.code = error.code;
    this.service = call.service;
    this.verb = call.verb;
    this.details = error.details;
  }
}

export interface CallOptions<Schema extends z.ZodType> {
  /** Default 5 s. */
  readonly timeoutMs?: number;
  /** Checks the answer. */
  readonly reply?: Schema;
}

const errorReplySchema = z.object({ error: errorShapeSchema });

/** Calls services by `svc.<service>.<verb>`. */
export class ServiceClient {
  private readonly connection: NatsConnection;

  constructor(connection: NatsConnection) {
    this.connection = connection;
  }

  /** The service's answer. Errors: ServiceCallError. */
  async call<Schema extends z.ZodType = z.ZodType<unknown>>(
    service: string,
    verb: string,
    payload: unknown,
    options: CallOptions<Schema> = {},
  ): Promise<z.output<Schema>> {
    const call = { service, verb };
    const timeoutMs = options.timeoutMs ?? 5_000;
    const outcome = await requestReply(this.connection, subjects.service(service, verb), payload, { timeoutMs });
    switch (outcome.kind) {
      case 'no_responders':
        throw new ServiceCallError(call, {
          code: 'SERVICE_UNAVAILABLE',
          message: `the service '${service}' is not running, or does not know '${verb}'`,
        });
      case 'timeout':
        throw new ServiceCallError(call, {
          code: 'SERVICE_TIMEOUT',
          message: `the service '${service}' did not answer '${verb}' within ${timeoutMs} ms`,
        });
      case 'failed':
        throw new ServiceCallError(
          call,
          { code: 'REQUEST_NOT_SENT', message: `the request to '${service}' could not be sent: ${messageOf(outcome.error)}` },
          { cause: outcome.error },
        );
      case 'reply':
        return this.read(call, outcome.message, options.reply);
    }
  }

  private read<Schema extends z.ZodType>(
    call: { readonly service: string; readonly verb: string },
    message: { json<T>(): T; headers?: { get(name: string): string } },
    schema: Schema | undefined,
  ): z.output<Schema> {
    try {
      const body: unknown = message.json();
      if (message.headers?.get(errorHeader)) throw new ServiceCallError(call, errorReplySchema.parse(body).error);
      return schema ? schema.parse(body) : (body as z.output<Schema>);
    } catch (cause) {
      if (cause instanceof ServiceCallError) throw cause;
      const message = `the answer of '${call.service}' to '${call.verb}' cannot be read; do its versions differ?`;
      throw new ServiceCallError(call, { code: 'SERVICE_REPLY_INVALID', message }, { cause });
    }
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
