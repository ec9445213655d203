import type { Json } from '@jetsaga/contracts';
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
