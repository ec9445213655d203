import { randomBytes } from 'node:crypto';

/**
 * The header `traceparent` of W3C Trace Context, version 00: `00-<trace id>-<parent id>-<flags>`.
 * Source: https://www.w3.org/TR/trace-context/#traceparent-header
 */
export interface TraceIds {
  readonly traceId: string;
  readonly spanId: string;
  readonly flags: number;
}

const pattern = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
const noTrace = '0'.repeat(32);
const noSpan = '0'.repeat(16);

/** Undefined when it is not a valid traceparent: such a one is to be ignored, not refused. */
export function parseTraceparent(value: string | null | undefined): TraceIds | undefined {
  const match = value ? pattern.exec(value) : null;
  if (!match) return undefined;
  const [, version, traceId, spanId, flags, rest] = match;
  if (version === undefined || traceId === undefined || spanId === undefined || flags === undefined) return undefined;
  if (version === 'ff' || (version === '00' && rest !== undefined)) return undefined;
  if (traceId === noTrace || spanId === noSpan) return undefined;
  return { traceId, spanId, flags: Number.parseInt(flags, 16) };
}

export function formatTraceparent(ids: TraceIds): string {
  return `00-${ids.traceId}-${ids.spanId}-${ids.flags.toString(16).padStart(2, '0')}`;
}

/** A trace of its own, marked as sampled. */
export function newTraceparent(): string {
  const ids = randomBytes(24).toString('hex');
  return `00-${ids.slice(0, 32)}-${ids.slice(32)}-01`;
}

/** The same trace with a new parent id; a new trace when there is none to continue. */
export function childTraceparent(parent: string | null | undefined): string {
  const ids = parseTraceparent(parent);
  if (!ids) return newTraceparent();
  return formatTraceparent({ ...ids, spanId: randomBytes(8).toString('hex') });
}
