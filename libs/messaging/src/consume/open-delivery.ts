import { limits } from '@jetsaga/contracts';
import { z } from 'zod';
import { MessagingError } from '../connection/messaging-error.ts';
import type { Delivery } from './delivery.ts';

export type OpenedDelivery<T> =
  { readonly kind: 'message'; readonly value: T } | { readonly kind: 'poison'; readonly reason: string };

/**
 * Reads a delivery with `decode`, unless it was delivered too often: that is checked first, because reading it may be what
 * kills the process. Poison belongs into the dead letters.
 */
export function openDelivery<T>(
  delivery: Delivery,
  decode: (delivery: Delivery) => T,
  maxDeliveries: number = limits.maxDeliveries,
): OpenedDelivery<T> {
  if (delivery.deliveryCount > maxDeliveries) {
    return { kind: 'poison', reason: `delivered ${delivery.deliveryCount} times without being handled` };
  }
  try {
    return { kind: 'message', value: decode(delivery) };
  } catch (error) {
    return { kind: 'poison', reason: error instanceof Error ? error.message : String(error) };
  }
}

/** Decodes a JSON body that must match the schema. Errors: MESSAGE_UNREADABLE. */
export function jsonOf<Schema extends z.ZodType>(schema: Schema): (delivery: Delivery) => z.output<Schema> {
  return (delivery) => {
    const parsed = schema.safeParse(parseJson(delivery.text()));
    if (parsed.success) return parsed.data;
    throw new MessagingError('MESSAGE_UNREADABLE', `the body does not have the expected form: ${z.prettifyError(parsed.error)}`);
  };
}

/** Errors: MESSAGE_UNREADABLE. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new MessagingError('MESSAGE_UNREADABLE', 'the body is not JSON', { cause });
  }
}
