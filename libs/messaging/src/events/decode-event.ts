import { cloudEventSchema, limits, subjects, type CloudEvent } from '@jetsaga/contracts';
import { z } from 'zod';
import { MessagingError } from '../connection/messaging-error.ts';
import type { Delivery } from '../consume/delivery.ts';
import { parseJson } from '../consume/open-delivery.ts';
import { nestsDeeper } from './json-depth.ts';

const structuredType = 'application/cloudevents+json';
const subjectPrefix = subjects.event('');

/**
 * The CloudEvent in a message of the stream EVENTS. Three forms are read:
 * - structured: the body is the event in JSON;
 * - binary: headers `ce-*` with the data as body;
 * - any other JSON body is the data. It gets `id` (the `Nats-Msg-Id`, else the time the stream stored it and its sequence, which stay
 *   the same over redeliveries and differ when the stream is made anew), `source` (its subject), `type` (the subject after
 *   `events.`) and `time`.
 *
 * Errors: MESSAGE_UNREADABLE.
 * Source: https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/nats-protocol-binding.md
 */
export function decodeEvent(delivery: Delivery): CloudEvent {
  const headers = lowerCased(delivery);
  const event = headers.has('ce-specversion') || headers.has('ce-id') ? binary(delivery, headers) : textual(delivery, headers);
  const parsed = cloudEventSchema.safeParse({ ...event, traceparent: event['traceparent'] ?? delivery.traceparent });
  if (parsed.success) return parsed.data;
  throw new MessagingError('MESSAGE_UNREADABLE', `this is no CloudEvent 1.0: ${z.prettifyError(parsed.error)}`);
}

type RawEvent = Record<string, unknown>;

function textual(delivery: Delivery, headers: ReadonlyMap<string, string>): RawEvent {
  const body = readJson(delivery);
  const structured = headers.get('content-type')?.startsWith(structuredType) ?? false;
  if (isObject(body) && (structured || 'specversion' in body)) return body;
  if (structured)
    throw new MessagingError('MESSAGE_UNREADABLE', `the content type is ${structuredType}, but the body is no object`);
  return {
    specversion: '1.0',
    id: delivery.messageId ?? `${delivery.storedAtNanos}-${delivery.sequence}`,
    source: `/nats/${delivery.subject}`,
    type: delivery.subject.slice(subjectPrefix.length),
    time: new Date(delivery.storedAt).toISOString(),
    datacontenttype: 'application/json',
    data: body,
  };
}

function binary(delivery: Delivery, headers: ReadonlyMap<string, string>): RawEvent {
  const event: RawEvent = {};
  for (const [name, value] of headers) if (name.startsWith('ce-')) event[name.slice(3)] = percentDecoded(value);
  const depth = event['jetsagadepth'];
  if (typeof depth === 'string') event['jetsagadepth'] = Number(depth);
  const contentType = headers.get('content-type') ?? event['datacontenttype'];
  if (typeof contentType === 'string') event['datacontenttype'] = contentType;
  if (delivery.data.length === 0) return event;
  if (contentType === undefined || isJsonType(String(contentType))) return { ...event, data: readJson(delivery) };
  return { ...event, ...textOrBytes(delivery) };
}

function readJson(delivery: Delivery): unknown {
  if (delivery.data.length === 0) return undefined;
  const text = delivery.text();
  if (nestsDeeper(text, limits.jsonDepth)) {
    throw new MessagingError('MESSAGE_UNREADABLE', `the body nests deeper than ${limits.jsonDepth} levels`);
  }
  return parseJson(text);
}

function textOrBytes(delivery: Delivery): RawEvent {
  try {
    return { data: new TextDecoder('utf-8', { fatal: true }).decode(delivery.data) };
  } catch {
    return { data_base64: Buffer.from(delivery.data).toString('base64') };
  }
}

/** `application/json`, `text/json`, anything `+json`. */
function isJsonType(contentType: string): boolean {
  return /^[^;]*[/+]json\s*(;|$)/i.test(contentType);
}

function lowerCased(delivery: Delivery): Map<string, string> {
  const result = new Map<string, string>();
  for (const name of delivery.headers?.keys() ?? []) result.set(name.toLowerCase(), delivery.headers?.get(name) ?? '');
  return result;
}

function percentDecoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

function isObject(value: unknown): value is RawEvent {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
