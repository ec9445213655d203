import { cronProblem } from './cron-pattern.ts';
import type { DefinitionTrigger } from './definition-nodes.ts';
import { durationProblem } from './duration-check.ts';
import { isEventPattern } from './event-pattern.ts';
import { jsonPointer } from './json-pointer.ts';
import type { ProblemList } from './problem.ts';
import { checkSchema } from './schema-check.ts';
import {
  webhookSchemes,
  type EntityTriggerDocument,
  type EventTriggerDocument,
  type ScheduleTriggerDocument,
  type WebhookTriggerDocument,
} from './trigger-documents.ts';
import { secretOf } from './webhook-secret.ts';

/** What of a trigger is no expression, and its shape cannot say. */
export function checkTrigger({ pointer, fields, kind }: DefinitionTrigger, problems: ProblemList): void {
  const at = (...path: string[]) => jsonPointer(pointer, ...path);
  switch (kind) {
    case 'schedule':
      return checkSchedule(fields, at, problems);
    case 'webhook':
      checkSchema(fields.schema, at('schema'), problems);
      return checkWebhook(fields, at, problems);
    case 'entity':
      checkSchema(fields.schema, at('schema'), problems);
      return checkEntity(fields, at, problems);
    case 'event':
      checkSchema(fields.schema, at('schema'), problems);
      return checkEvent(fields, at, problems);
  }
}

type At = (...path: string[]) => string;

function checkEvent({ event }: Partial<EventTriggerDocument>, at: At, problems: ProblemList): void {
  if (event === undefined || isEventPattern(event)) return;
  const message =
    'a pattern is levels of letters, digits, `_` and `-`, joined by dots; `*` is one level, `>` at the end all that follow';
  problems.add('INVALID_FIELD', at('event'), message);
}

/** Operators that compare with something, and what would be left of them without it. */
const unary = new Set(['is_null', 'is_not_null']);

function checkEntity({ conditions }: Partial<EntityTriggerDocument>, at: At, problems: ProblemList): void {
  for (const [index, condition] of (conditions ?? []).entries()) {
    if (unary.has(condition.operator) || 'value' in condition) continue;
    problems.add('INVALID_FIELD', at('conditions', String(index)), `\`${condition.operator}\` needs a \`value\``);
  }
}

function checkSchedule(fields: Partial<ScheduleTriggerDocument>, at: At, problems: ProblemList): void {
  const { schedule, timezone, jitter, startAt, endAt } = fields;
  const cron = schedule === undefined ? undefined : cronProblem(schedule);
  if (cron !== undefined)
    problems.add('INVALID_CRON', at('schedule'), cron, { hint: 'minute hour day month weekday: `0 2 * * *`' });
  if (timezone !== undefined && !isTimeZone(timezone)) {
    problems.add('INVALID_CRON', at('timezone'), `there is no time zone \`${timezone}\``, { hint: 'such as `Europe/Berlin`' });
  }
  const wrongJitter = jitter === undefined ? undefined : durationProblem(jitter, false);
  if (wrongJitter !== undefined) problems.add('INVALID_DURATION', at('jitter'), wrongJitter);
  const times = { startAt, endAt };
  for (const [field, text] of Object.entries(times)) {
    if (text === undefined || timeOf(text) !== undefined) continue;
    problems.add('INVALID_FIELD', at(field), `\`${field}\` is no time with an offset`, {
      hint: 'such as `2027-01-01T00:00:00Z`',
    });
  }
  const [from, to] = [startAt, endAt].map((text) => (text === undefined ? undefined : timeOf(text)));
  if (from !== undefined && to !== undefined && from >= to) {
    problems.add('INVALID_FIELD', at('endAt'), '`endAt` is not after `startAt`');
  }
}

function checkWebhook({ verify }: Partial<WebhookTriggerDocument>, at: At, problems: ProblemList): void {
  if (typeof verify === 'string' && verify !== 'none') {
    problems.add('INVALID_CONFIG', at('verify'), '`verify` is `none`, or says with which secret requests are signed', {
      hint: `write { type: ${webhookSchemes.join(' / ')}, secret: "{{ secrets.NAME }}" }`,
    });
  }
  if (typeof verify !== 'object') return;
  const { type, secret, header, replayWindow } = verify;
  if (secretOf(secret) === undefined) {
    problems.add('INVALID_CONFIG', at('verify', 'secret'), 'a secret is named, not written, and nothing else stands beside it', {
      hint: 'write "{{ secrets.NAME }}"',
    });
  }
  if (header !== undefined && type !== 'hmac') {
    problems.add('INVALID_CONFIG', at('verify', 'header'), `\`${type}\` has a header of its own`, { hint: 'leave it out' });
  }
  if (replayWindow === undefined) return;
  if (type !== 'stripe') {
    const message = `the signature of \`${type}\` says no time, so that none can be checked`;
    const hint = 'name the header of the signature in `idempotencyHeader`: then the same request starts nothing twice';
    problems.add('INVALID_CONFIG', at('verify', 'replayWindow'), message, { hint });
  }
  const wrong = durationProblem(replayWindow, true);
  if (wrong !== undefined) problems.add('INVALID_DURATION', at('verify', 'replayWindow'), wrong);
}

const isoTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)$/;

/** Epoch milliseconds of an ISO time with an offset; undefined when it is none. */
export function timeOf(text: string): number | undefined {
  const at = isoTime.test(text) ? Date.parse(text) : NaN;
  return Number.isNaN(at) ? undefined : at;
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
