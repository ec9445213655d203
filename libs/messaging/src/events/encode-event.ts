import { isEventType, subjects, type CloudEvent, type Json, type OutboxMessage } from '@jetsaga/contracts';
import { MessagingError } from '../connection/messaging-error.ts';

/** The message of an event: structured JSON on `events.<type>`, stored once per (source, id). Errors: EVENT_TYPE_INVALID. */
export function encodeEvent(event: CloudEvent): OutboxMessage {
  if (!isEventType(event.type)) {
    throw new MessagingError('EVENT_TYPE_INVALID', `'${event.type}' is no event type: letters, digits, _ and -, joined by dots`);
  }
  return {
    subject: subjects.event(event.type),
    id: `${event.source}#${event.id}`.replace(/\s+/g, ' '),
    body: event as Json,
    headers: {
      'content-type': 'application/cloudevents+json',
      ...(event.traceparent ? { traceparent: event.traceparent } : {}),
    },
  };
}
