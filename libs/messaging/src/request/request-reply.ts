import { currentTraceparent } from '@jetsaga/telemetry';
import { headers, NoRespondersError, RequestError, TimeoutError, type Msg, type NatsConnection } from '@nats-io/transport-node';

export interface RequestSettings {
  readonly timeoutMs: number;
  /** Default: that of what is running now. */
  readonly traceparent?: string | null;
}

/** How a request ended. Nothing but a reply says whether it was handled. */
export type ReplyOutcome =
  | { readonly kind: 'reply'; readonly message: Msg }
  /** Nobody listens on the subject; the answer comes at once. */
  | { readonly kind: 'no_responders' }
  | { readonly kind: 'timeout' }
  /** It could not be sent: too large, not permitted, or the connection is closed. */
  | { readonly kind: 'failed'; readonly error: unknown };

/** A core NATS request with a JSON body. Never rejects. */
export async function requestReply(
  connection: NatsConnection,
  subject: string,
  body: unknown,
  settings: RequestSettings,
): Promise<ReplyOutcome> {
  const traceparent = settings.traceparent ?? currentTraceparent();
  const requestHeaders = traceparent ? headers() : undefined;
  if (traceparent) requestHeaders?.set('traceparent', traceparent);
  try {
    const message = await connection.request(subject, JSON.stringify(body), {
      timeout: settings.timeoutMs,
      headers: requestHeaders,
    });
    return { kind: 'reply', message };
  } catch (error) {
    if (error instanceof TimeoutError) return { kind: 'timeout' };
    if (error instanceof NoRespondersError || (error instanceof RequestError && error.isNoResponders())) {
      return { kind: 'no_responders' };
    }
    return { kind: 'failed', error };
  }
}
