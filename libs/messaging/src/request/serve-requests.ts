import { withTraceparent, type Logger } from '@jetsaga/telemetry';
import { headers, type Msg, type NatsConnection } from '@nats-io/transport-node';
import { errorHeader, errorShapeOf } from './service-error.ts';

export interface IncomingMessage {
  readonly subject: string;
  readonly data: Uint8Array;
  readonly traceparent: string | undefined;
  header(name: string): string | undefined;
  /** Throws a SyntaxError when the body is not JSON. */
  json(): unknown;
}

export interface ServeOptions {
  readonly log?: Logger;
}

export interface Serving {
  /** Takes no more messages; resolves when those in hand have been handled and answered. */
  stop(): Promise<void>;
}

/**
 * Answers core NATS requests with the JSON of what the handler returns; one process of the queue group gets each. A handler
 * that throws answers `{ error: { code, message } }`.
 */
export function serveRequests(
  connection: NatsConnection,
  subject: string,
  queueGroup: string,
  handler: (request: IncomingMessage) => unknown,
  options: ServeOptions = {},
): Serving {
  return serve(connection, subject, queueGroup, handler, options);
}

/** Hands over messages that want no answer: every process gets each, or one of the queue group where one is named. */
export function listen(
  connection: NatsConnection,
  subject: string,
  handler: (message: IncomingMessage) => unknown,
  options: ServeOptions & { readonly queueGroup?: string } = {},
): Serving {
  return serve(connection, subject, options.queueGroup, handler, options);
}

function serve(
  connection: NatsConnection,
  subject: string,
  queue: string | undefined,
  handler: (request: IncomingMessage) => unknown,
  { log }: ServeOptions,
): Serving {
  const inHand = new Set<Promise<void>>();
  const subscription = connection.subscribe(subject, {
    queue,
    callback: (error, message) => {
      if (error) {
        log?.error({ err: error, subject }, 'NATS: cannot listen');
        return;
      }
      const work = handle(message, handler, log).finally(() => inHand.delete(work));
      inHand.add(work);
    },
  });
  return {
    async stop() {
      if (!subscription.isClosed() && !connection.isClosed()) await subscription.drain();
      while (inHand.size > 0) await Promise.all(inHand);
    },
  };
}

async function handle(message: Msg, handler: (request: IncomingMessage) => unknown, log: Logger | undefined): Promise<void> {
  const incoming: IncomingMessage = {
    subject: message.subject,
    data: message.data,
    traceparent: message.headers?.get('traceparent') || undefined,
    header: (name) => message.headers?.get(name) || undefined,
    json: () => message.json(),
  };
  try {
    const answer = await withTraceparent(incoming.traceparent, () => handler(incoming));
    if (message.reply) message.respond(JSON.stringify(answer ?? null));
  } catch (error) {
    replyError(message, error, log);
  }
}

/** Answers with the error, and logs it when nobody foresaw it. */
export function replyError(message: Msg, error: unknown, log: Logger | undefined): void {
  const shape = errorShapeOf(error);
  if (shape.code === 'INTERNAL') log?.error({ err: error, subject: message.subject }, 'request failed');
  if (!message.reply) return;
  const marked = headers();
  marked.set(errorHeader, shape.code);
  message.respond(JSON.stringify({ error: shape }), { headers: marked });
}
