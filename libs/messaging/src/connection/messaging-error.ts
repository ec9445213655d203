export type MessagingErrorCode =
  /** The server is older than 2.9, or has no JetStream. */
  | 'NATS_TOO_OLD'
  | 'NATS_NO_JETSTREAM'
  | 'NATS_UNREACHABLE'
  | 'NATS_AUTH'
  | 'NATS_CONFIG'
  | 'NATS_DISCONNECTED'
  /** Nobody takes the message: its stream does not exist at the moment. */
  | 'STREAM_UNAVAILABLE'
  /** The server refused the message; the text is its own. */
  | 'PUBLISH_REFUSED'
  /** No acknowledgement in time: the message may be stored or not. */
  | 'PUBLISH_TIMEOUT'
  /** A stream or consumer differs from what is needed, and the server will not change it. */
  | 'TOPOLOGY_MISMATCH'
  | 'MESSAGE_UNREADABLE'
  | 'EVENT_TYPE_INVALID';

/** What goes wrong between a process and NATS. The code is stable; the message says what to do. */
export class MessagingError extends Error {
  override readonly name = 'MessagingError';
  readonly code: MessagingErrorCode;

  constructor(code: MessagingErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
