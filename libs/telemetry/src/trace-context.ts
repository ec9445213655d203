import { AsyncLocalStorage } from 'node:async_hooks';
import { context, isSpanContextValid, SpanKind, SpanStatusCode, trace, type Attributes } from '@opentelemetry/api';
import { formatTraceparent, parseTraceparent } from './traceparent.ts';

/*
 * Trace context has two carriers. With an OpenTelemetry SDK registered, its context is the one that counts and spans are
 * real. Without one the traceparent is kept here, so that ids still travel from the first request to the last result.
 */
const carried = new AsyncLocalStorage<string>();

/** The W3C traceparent of what is running now; undefined outside a trace. */
export function currentTraceparent(): string | undefined {
  const span = trace.getActiveSpan()?.spanContext();
  if (span && isSpanContextValid(span)) {
    return formatTraceparent({ traceId: span.traceId, spanId: span.spanId, flags: span.traceFlags });
  }
  return carried.getStore();
}

/** Runs `fn` within the trace. One that is absent or invalid is ignored: `fn` then runs in the trace it is called in. */
export function withTraceparent<T>(traceparent: string | null | undefined, fn: () => T): T {
  const ids = parseTraceparent(traceparent);
  if (!ids || !traceparent) return fn();
  const remote = trace.setSpanContext(context.active(), {
    traceId: ids.traceId,
    spanId: ids.spanId,
    traceFlags: ids.flags,
    isRemote: true,
  });
  return carried.run(traceparent, () => context.with(remote, fn));
}

export interface SpanOptions {
  readonly kind?: 'internal' | 'server' | 'client' | 'producer' | 'consumer';
  readonly attributes?: Attributes;
}

const kinds = {
  internal: SpanKind.INTERNAL,
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
} as const;

/** Runs `fn` as a span of the current trace; a rejection marks the span. Without an SDK it just runs `fn`. */
export async function inSpan<T>(name: string, options: SpanOptions, fn: () => Promise<T>): Promise<T> {
  const span = trace
    .getTracer('jetsaga')
    .startSpan(name, { kind: kinds[options.kind ?? 'internal'], attributes: options.attributes });
  if (!isSpanContextValid(span.spanContext())) return fn();
  try {
    return await context.with(trace.setSpan(context.active(), span), fn);
  } catch (error) {
    if (error instanceof Error) span.recordException(error);
    span.setStatus({ code: SpanStatusCode.ERROR, message: error instanceof Error ? error.message : String(error) });
    throw error;
  } finally {
    span.end();
  }
}

/** What a log line says of the trace it belongs to. */
export function traceFields(): { trace_id?: string; span_id?: string } {
  const ids = parseTraceparent(currentTraceparent());
  return ids ? { trace_id: ids.traceId, span_id: ids.spanId } : {};
}
