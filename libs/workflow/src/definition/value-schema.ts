import type { Json } from '@jetsaga/contracts';
import { compiledSchema, SchemaBudgetExhausted } from './compiled-schema.ts';
import type { SchemaProblem } from './plan.ts';
import { valueProblems } from './schema-errors.ts';
import { schemaRuleProblems } from './schema-rules.ts';

const mostReported = 50;

/** What is wrong with a user's schema; nothing, when it compiles. */
export function schemaProblems(schema: Json): SchemaProblem[] {
  const problems = schemaRuleProblems(schema);
  if (problems.length > 0) return problems;
  try {
    const run = compiledSchema(schema, 'exact');
    for (const trial of [null, '', 0, [], {}]) run(trial);
    return [];
  } catch (error) {
    return [{ pointer: '', message: error instanceof Error ? error.message : String(error) }];
  }
}

/** A function that says what is wrong with a value, the first fifty things at most. Throws when the schema does not compile. */
export function valueCheck(schema: Json): (value: Json) => readonly SchemaProblem[] {
  const run = compiledSchema(schema, 'exact');
  return (value) => {
    try {
      return valueProblems(run(value))
        .slice(0, mostReported)
        .map(({ pointer, message }) => ({ pointer, message }));
    } catch (error) {
      if (error instanceof SchemaBudgetExhausted) return [{ pointer: '', message: error.message }];
      throw error;
    }
  };
}
