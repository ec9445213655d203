import { withTraceparent, type Logger } from '@jetsaga/telemetry';
import { headers, type Msg, type NatsConnection } from '@nats-io/transport-node';
import { drainSubscription } from '../connection/drain-subscription.ts';
import { errorHeader, errorShapeOf, ServiceError } from './service-error.ts';

export interface IncomingMessage {
  readonly subject: string;
  readonly data: Uint8Array;
  readonly traceparent: string | undefined;
  header(name: string): string | undefined;
  /** The body. Errors: ServiceError INVALID_REQUEST. */
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
  return serve(connection, { subject, queueGroup, answers: true }, handler, options);
}

/** Hands over messages that want no answer: every process gets each, or one of the queue group where one is named. */
export function listen(
  connection: NatsConnection,
  subject: string,
  handler: (message: IncomingMessage) => unknown,
  options: ServeOptions & { readonly queueGroup?: string } = {},
): Serving {
  return serve(connection, { subject, queueGroup: options.queueGroup, answers: false }, handler, options);
}

function serve(
  connection: NatsConnection,
  place: { readonly subject: string; readonly queueGroup: string | undefined; readonly answers: boolean },
  handler: (request: IncomingMessage) => unknown,
  { log }: ServeOptions,
): Serving {
  const { subject, answers } = place;
  const inHand = new Set<Promise<void>>();
  const subscription = connection.subscribe(subject, {
    queue: place.queueGroup,
    callback: (error, message) => {
      if (error) {
        log?.error({ err: error, subject }, 'NATS: cannot listen');
        return;
      }
      const work = handle(message, answers, handler, log).finally(() => inHand.delete(work));
      inHand.add(work);
    },
  });
  return {
    async stop() {
      await drainSubscription(connection, subscription);
      while (inHand.size > 0) await Promise.all(inHand);
    },
  };
}

async function handle(
  message: Msg,
  answers: boolean,
  handler: (request: IncomingMessage) => unknown,
  log: Logger | undefined,
): Promise<void> {
  const incoming: IncomingMessage = {
    subject: message.subject,
    data: message.data,
    traceparent: message.headers?.get('traceparent') || undefined,
    header: (name) => message.headers?.get(name) || undefined,
    json: () => readJson(message),
  };
  try {
    const answer = await withTraceparent(incoming.traceparent, () => handler(incoming));
    if (answers && message.reply) respond(message, JSON.stringify(answer ?? null));
  } catch (error) {
    failed(message, answers, error, log);
  }
}

function respond(message: Msg, text: string): void {
  try {
    message.respond(text);
  } catch (cause) {
    throw new ServiceError('REPLY_TOO_LARGE', `the answer of ${text.length} characters does not fit into one message`, { cause });
  }
}

function readJson(message: Msg): unknown {
  try {
    return message.data.length === 0 ? undefined : message.json();
  } catch (cause) {
    throw new ServiceError('INVALID_REQUEST', 'the body of the request is not JSON', { cause });
  }
}

/** Answers with the error, and logs it when nobody foresaw it or nobody would hear of it. */
function failed(message: Msg, answers: boolean, error: unknown, log: Logger | undefined): void {
  const shape = errorShapeOf(error);
  if (!answers || shape.code === 'INTERNAL') log?.error({ err: error, subject: message.subject }, 'message could not be handled');
  if (!answers || !message.reply) return;
  const marked = headers();
  marked.set(errorHeader, shape.code);
  message.respond(JSON.stringify({ error: shape }), { headers: marked });
}
