import { parseDuration } from '@jetsaga/contracts';
import type { Expression, Template } from '../expression/expression.ts';
import type { DefinitionTrigger } from './definition-nodes.ts';
import { changeFilter, compileEntityConditions } from './entity-conditions.ts';
import type { ExpressionPlace, ExpressionSites } from './expression-sites.ts';
import { jsonPointer } from './json-pointer.ts';
import type { Plan, PlanTrigger, PlanVerification } from './plan.ts';
import { scheduleIds } from './schedule-ids.ts';
import { timeOf } from './trigger-check.ts';
import {
  entityChanges,
  type EntityTriggerDocument,
  type EventTriggerDocument,
  type ScheduleTriggerDocument,
  type WebhookTriggerDocument,
} from './trigger-documents.ts';
import { valueCheck } from './value-schema.ts';
import { secretOf } from './webhook-secret.ts';

/** It is evaluated before anything has run: it sees the input, or the event. */
export function compileIdempotencyKey(template: string, sites: ExpressionSites): Template {
  return sites.template(template, { pointer: '/idempotencyKey', reader: 'start', locals: ['event'], missing: ['execution'] });
}

/** The expressions of a trigger see its event: what was published, sent to a webhook, or came due. */
export function compileTriggerExpressions(
  trigger: DefinitionTrigger,
  sites: ExpressionSites,
): Pick<PlanTrigger, 'filter' | 'input'> {
  const { kind, fields, pointer } = trigger;
  const filter = kind === 'schedule' ? undefined : fields.filter;
  const { input } = fields;
  if (kind === 'entity')
    compileEntityConditions(fields.conditions ?? [], (...path) => eventPlace(pointer, 'conditions', ...path), sites);
  if (kind === 'webhook' && typeof fields.verify === 'object') {
    sites.template(fields.verify.secret, {
      pointer: jsonPointer(pointer, 'verify', 'secret'),
      reader: 'start',
      secrets: 'allowed',
    });
  }
  return {
    filter: filter === undefined ? null : sites.expression(filter, eventPlace(pointer, 'filter')),
    input: input === undefined ? null : sites.template(input, eventPlace(pointer, 'input')),
  };
}

function eventPlace(pointer: string, ...path: (string | number)[]): ExpressionPlace {
  return { pointer: jsonPointer(pointer, ...path), reader: 'start', locals: ['event'], missing: ['input', 'execution'] };
}

/** The triggers as the processes need them. Throws when a schema does not compile. */
export function compileTriggers(
  triggers: readonly DefinitionTrigger[],
  key: string,
  sites: ExpressionSites,
): Pick<Plan, 'triggers' | 'schedules' | 'webhooks'> {
  const ids = scheduleIds(key);
  return {
    triggers: triggers.flatMap((trigger) => {
      if (trigger.kind === 'event') return [eventTrigger(trigger, trigger.fields as EventTriggerDocument, sites)];
      return trigger.kind === 'entity' ? entityTriggers(trigger, trigger.fields as EntityTriggerDocument, sites) : [];
    }),
    schedules: triggers.flatMap((trigger) => {
      if (trigger.kind !== 'schedule') return [];
      const fields = trigger.fields as ScheduleTriggerDocument;
      const { schedule: pattern, timezone = 'UTC', jitter, overlap = 'skip', catchUp = 'none', startAt, endAt } = fields;
      return {
        id: ids.next(pattern, timezone),
        pattern,
        timezone,
        jitterMs: parseDuration(jitter) ?? 0,
        overlap,
        catchUp,
        startAt: startAt === undefined ? null : (timeOf(startAt) ?? null),
        endAt: endAt === undefined ? null : (timeOf(endAt) ?? null),
        input: compileTriggerExpressions(trigger, sites).input,
      };
    }),
    webhooks: triggers.flatMap((trigger) => {
      if (trigger.kind !== 'webhook') return [];
      const { webhook: slug, verify, idempotencyHeader, schema } = trigger.fields as WebhookTriggerDocument;
      return {
        slug,
        verify: verification(verify),
        idempotencyHeader: idempotencyHeader?.toLowerCase() ?? null,
        ...compileTriggerExpressions(trigger, sites),
        check: schemaCheck(schema),
      };
    }),
  };
}

function eventTrigger(trigger: DefinitionTrigger, { event, schema }: EventTriggerDocument, sites: ExpressionSites): PlanTrigger {
  return { event, ...compileTriggerExpressions(trigger, sites), check: schemaCheck(schema) };
}

/** Sugar: one trigger by event for each kind of change. */
function entityTriggers(trigger: DefinitionTrigger, fields: EntityTriggerDocument, sites: ExpressionSites): PlanTrigger[] {
  const { filter, input } = compileTriggerExpressions(trigger, sites);
  const place = (...path: (string | number)[]) => eventPlace(trigger.pointer, 'conditions', ...path);
  const conditions = compileEntityConditions(fields.conditions ?? [], place, sites);
  const check = schemaCheck(fields.schema);
  return (fields.on ?? entityChanges).map((change) => {
    const both: Expression | null = conditions.length === 0 ? filter : changeFilter(change, conditions, filter);
    return { event: `entity.${fields.entity}.${change}`, filter: both, check, input };
  });
}

function schemaCheck(schema: EventTriggerDocument['schema']): PlanTrigger['check'] {
  return schema === undefined ? () => [] : valueCheck(schema);
}

const defaultReplayWindowMs = 5 * 60_000;

function verification(verify: WebhookTriggerDocument['verify']): PlanVerification {
  if (verify === undefined) return { type: 'access' };
  if (typeof verify === 'string') return noVerification(verify);
  const { type, header, replayWindow } = verify;
  const secret = secretOf(verify.secret);
  if (secret === undefined) throw new Error('`verify.secret` names no secret');
  switch (type) {
    case 'hmac':
      return { type, secret, header: (header ?? 'x-signature').toLowerCase() };
    case 'github':
      return { type, secret };
    case 'stripe':
      return { type, secret, replayWindowMs: parseDuration(replayWindow) ?? defaultReplayWindowMs };
  }
}

/** Never taken for `none` by mistake. */
function noVerification(verify: string): PlanVerification {
  if (verify !== 'none') throw new Error(`there is no verification \`${verify}\``);
  return { type: 'none' };
}
