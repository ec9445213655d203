import { limits } from '@jetsaga/contracts';
import { conditionOperators } from './control-config.ts';
import { catchUpPolicies, entityChanges, overlapPolicies, webhookSchemes } from './trigger-documents.ts';

const expression = { type: 'string', minLength: 1, maxLength: limits.expressionLength };
const closed = { type: 'object', additionalProperties: false };
const header = { type: 'string', pattern: '^[A-Za-z0-9-]{1,100}$' };
const duration = { $ref: '#/$defs/duration' };
const time = { type: 'string', minLength: 1, description: 'ISO 8601 with an offset: `2027-01-01T00:00:00Z`.' };

/** What every trigger that answers an event may say of it. */
const ofEvents = {
  filter: { ...expression, description: 'CEL condition over `event`.' },
  schema: { type: ['object', 'boolean'], description: 'JSON Schema 2020-12 of the data.' },
  input: { description: "Template of the execution's input over `event`; the event's data when absent." },
};

const event = {
  ...closed,
  required: ['event'],
  properties: {
    event: {
      type: 'string',
      minLength: 1,
      maxLength: 200,
      description: 'Subject pattern after `events.`; `*` and `>` as in NATS.',
    },
    ...ofEvents,
  },
};

const entity = {
  ...closed,
  required: ['entity'],
  properties: {
    entity: { type: 'string', pattern: '^[A-Za-z0-9_-]{1,100}$' },
    on: { type: 'array', minItems: 1, uniqueItems: true, items: { enum: [...entityChanges] } },
    conditions: {
      type: 'array',
      maxItems: 50,
      items: {
        ...closed,
        required: ['field', 'operator'],
        properties: {
          field: { type: 'string', pattern: '^[^.]{1,100}(\\.[^.]{1,100}){0,9}$', description: 'A path in the entity.' },
          operator: { enum: [...conditionOperators] },
          value: true,
          previousValue: true,
        },
      },
    },
    ...ofEvents,
  },
};

const schedule = {
  ...closed,
  required: ['schedule'],
  properties: {
    schedule: { type: 'string', maxLength: 200, description: 'A cron pattern of five fields, or six with seconds.' },
    timezone: { type: 'string', minLength: 1, maxLength: 100, description: 'An IANA time zone; UTC when absent.' },
    jitter: duration,
    overlap: { enum: [...overlapPolicies] },
    startAt: time,
    endAt: time,
    catchUp: { enum: [...catchUpPolicies] },
    input: { description: "Template of the execution's input; `{}` when absent." },
  },
};

const webhook = {
  ...closed,
  required: ['webhook'],
  properties: {
    webhook: { type: 'string', pattern: '^[a-z0-9](?:[a-z0-9-]{0,98}[a-z0-9])?$', description: 'The end of `/v1/hooks/…`.' },
    verify: {
      if: { type: 'object' },
      then: {
        ...closed,
        required: ['type', 'secret'],
        properties: {
          type: { enum: [...webhookSchemes] },
          secret: { type: 'string', description: '`{{ secrets.NAME }}`' },
          header,
          replayWindow: { $ref: '#/$defs/positiveDuration' },
        },
      },
      else: { type: 'string', description: '`none`, or how requests are signed.' },
    },
    idempotencyHeader: header,
    ...ofEvents,
  },
};

/** One of four kinds, told apart by their first field. */
export const triggerSchema = {
  if: { type: 'object', required: ['schedule'] },
  then: schedule,
  else: {
    if: { type: 'object', required: ['webhook'] },
    then: webhook,
    else: { if: { type: 'object', required: ['entity'] }, then: entity, else: event },
  },
};
