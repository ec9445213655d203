import { z } from 'zod';

/** CloudEvents 1.0, JSON form. Source: https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md */
export const cloudEventSchema = z.looseObject({
  specversion: z.literal('1.0'),
  id: z.string().min(1).max(500),
  source: z.string().min(1).max(2000),
  type: z.string().min(1).max(500),
  time: z.string().optional(),
  subject: z.string().optional(),
  datacontenttype: z.string().optional(),
  dataschema: z.string().optional(),
  data: z.json().optional(),
  traceparent: z.string().optional(),
  /** Jetsaga's extension: how many workflows started each other through events to get here. */
  jetsagadepth: z.number().int().nonnegative().optional(),
});
export type CloudEvent = z.infer<typeof cloudEventSchema>;

const eventType = /^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$/;

/** An event type is what follows `events.` in its subject: levels of letters, digits, `_` and `-`, joined by dots. */
export function isEventType(type: string): boolean {
  return type.length <= 200 && eventType.test(type);
}
