import { limits, type JsonObject } from '@jetsaga/contracts';

/*
 * The shape of a definition as JSON Schema 2020-12: what editors complete from, and what is checked first. What a schema
 * cannot say (ids that exist, branches, expressions) is checked after it. `$defs` name the problems' codes, see
 * shape-check.ts.
 */

const duration = { $ref: '#/$defs/duration' };
const timeout = { $ref: '#/$defs/positiveDuration' };
const queue = { type: 'string', pattern: '^[a-z][a-z0-9_-]{0,62}$', description: 'Routes tasks to the workers of this queue.' };
const expression = { type: 'string', minLength: 1, maxLength: limits.expressionLength };
const schema = { type: ['object', 'boolean'], description: 'JSON Schema 2020-12.' };

const retry = {
  type: 'object',
  additionalProperties: false,
  properties: {
    retries: { type: 'integer', minimum: 0, maximum: 1000, description: 'Tries after the first one.' },
    initialDelay: duration,
    maxDelay: duration,
    factor: { type: 'number', minimum: 1, maximum: 100 },
    jitter: { type: 'boolean' },
    nonRetryable: { type: 'array', items: { type: 'string' }, description: 'Error codes that are never retried.' },
  },
};

const dependency = {
  type: ['string', 'object'],
  minLength: 1,
  required: ['node'],
  additionalProperties: false,
  properties: {
    node: { type: 'string', minLength: 1 },
    on: {
      type: ['string', 'boolean', 'number', 'array'],
      minLength: 1,
      minItems: 1,
      items: { type: ['string', 'boolean', 'number'], minLength: 1 },
      description: '`success`, `failure`, `always`, or one or several branch names.',
    },
  },
};

const concurrency = {
  type: 'object',
  required: ['limit'],
  additionalProperties: false,
  properties: {
    key: {
      ...expression,
      description: 'Template over `input`: executions with one key share the limit. Absent: all of the definition do.',
    },
    limit: { type: 'integer', minimum: 1, maximum: 1_000_000 },
    onConflict: { enum: ['queue', 'reject', 'replace'], description: 'What becomes of a start beyond the limit.' },
  },
};

const rateLimit = {
  type: 'object',
  required: ['limit', 'per'],
  additionalProperties: false,
  properties: {
    key: {
      ...expression,
      description: 'Template over `input`: all steps with one key share the limit. Absent: the steps of this node do.',
    },
    limit: { type: 'integer', minimum: 1, maximum: 100_000, description: 'Tasks in any `per`.' },
    per: timeout,
  },
};

const node = {
  type: 'object',
  required: ['id', 'handler'],
  additionalProperties: false,
  properties: {
    id: { $ref: '#/$defs/nodeId' },
    handler: { type: 'string', minLength: 1, maxLength: 100 },
    description: { type: 'string' },
    dependencies: { type: ['array', 'null'], items: dependency },
    join: { enum: ['all', 'strict', 'any', 'settled'] },
    when: { ...expression, description: 'CEL condition; false skips the step.' },
    config: { description: "The handler's configuration; templates are allowed anywhere in it." },
    output: { description: "Template that reshapes the handler's `result`." },
    retry,
    timeout,
    queueTimeout: timeout,
    deadline: timeout,
    queue,
    rateLimit,
    onError: { enum: ['fail', 'continue'] },
  },
};

const trigger = {
  type: 'object',
  required: ['event'],
  additionalProperties: false,
  properties: {
    event: {
      type: 'string',
      minLength: 1,
      maxLength: 200,
      description: 'Subject pattern after `events.`; `*` and `>` as in NATS.',
    },
    filter: { ...expression, description: 'CEL condition over `event`.' },
    schema,
    input: { description: "Template of the execution's input over `event`; the event's data when absent." },
  },
};

export const definitionSchema: JsonObject = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'Jetsaga workflow definition',
  type: 'object',
  required: ['name', 'dag'],
  additionalProperties: false,
  properties: {
    name: { type: 'string', minLength: 1, maxLength: 200 },
    key: { $ref: '#/$defs/key' },
    description: { type: 'string' },
    labels: { type: 'object', additionalProperties: { type: 'string', maxLength: 200 }, maxProperties: 50 },
    input: schema,
    output: { description: "Template of the execution's result." },
    triggers: { type: 'array', items: trigger, maxItems: 100 },
    timeout,
    concurrency,
    idempotencyKey: { type: 'string', minLength: 1, description: 'Template over `input` or `event`.' },
    lifecycle: { enum: ['all', 'executions'] },
    priority: { enum: ['high', 'normal', 'low'] },
    defaults: { type: 'object', additionalProperties: false, properties: { retry, timeout, queue } },
    retention: timeout,
    dag: {
      type: 'object',
      required: ['nodes'],
      additionalProperties: false,
      properties: {
        nodes: { $ref: '#/$defs/nodes' },
      },
    },
  },
  $defs: {
    nodes: { type: 'array', minItems: 1, maxItems: limits.definitionNodes, items: node },
    nodeId: { type: 'string', pattern: `^[A-Za-z0-9_-]{1,${limits.nodeIdLength}}$` },
    key: { type: 'string', pattern: '^[a-z0-9-]{1,200}$' },
    duration: {
      type: ['string', 'number'],
      pattern: '^\\s*\\d+(\\.\\d+)?(ms|s|m|h|d)\\s*$',
      minimum: 0,
      description: '`500ms`, `30s`, `5m`, `2h`, `3d`, or a number of seconds.',
    },
    positiveDuration: {
      type: ['string', 'number'],
      pattern: '^\\s*\\d+(\\.\\d+)?(ms|s|m|h|d)\\s*$',
      exclusiveMinimum: 0,
      description: '`500ms`, `30s`, `5m`, `2h`, `3d`, or a number of seconds; more than none.',
    },
  },
};
