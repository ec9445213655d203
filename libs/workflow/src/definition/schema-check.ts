import type { Json } from '@jetsaga/contracts';
import type { DefinitionTrigger } from './definition-nodes.ts';
import { isEventPattern } from './event-pattern.ts';
import { jsonPointer } from './json-pointer.ts';
import type { ProblemList } from './problem.ts';
import { isObject } from './subschemas.ts';
import { schemaProblems } from './value-schema.ts';

/** A schema that users' values will be checked against. */
export function checkSchema(schema: Json | undefined, pointer: string, problems: ProblemList): void {
  if (schema === undefined || (!isObject(schema) && typeof schema !== 'boolean')) return;
  for (const problem of schemaProblems(schema)) {
    problems.add('INVALID_SCHEMA', pointer + problem.pointer, problem.message);
  }
}

/** What of a trigger is no expression. */
export function checkTrigger({ pointer, fields }: DefinitionTrigger, problems: ProblemList): void {
  checkSchema(fields.schema, jsonPointer(pointer, 'schema'), problems);
  if (fields.event === undefined || isEventPattern(fields.event)) return;
  const message =
    'a pattern is levels of letters, digits, `_` and `-`, joined by dots; `*` is one level, `>` at the end all that follow';
  problems.add('INVALID_FIELD', jsonPointer(pointer, 'event'), message);
}
