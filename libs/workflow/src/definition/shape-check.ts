import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import { limits, type Json } from '@jetsaga/contracts';
import { checkDurations, durationRule } from './duration-check.ts';
import { definitionSchema } from './definition-schema.ts';
import type { Misshapen } from './definition-nodes.ts';
import { pointerSegments } from './json-pointer.ts';
import { laterNodeFields, laterTopLevelFields } from './later-features.ts';
import type { ProblemCode, ProblemList } from './problem.ts';
import { valueProblems, type ValueProblem } from './schema-errors.ts';
import { didYouMean } from './suggestion.ts';

const notYet = 'is part of the language, and not yet of this version';

/** Problems of the places that `$defs` of the schema name have codes and words of their own. */
const namedPlaces: Readonly<Record<string, { readonly code: ProblemCode; readonly message: string }>> = {
  nodeId: {
    code: 'INVALID_ID',
    message: `an id is 1 to ${limits.nodeIdLength} letters, digits, \`_\` and \`-\``,
  },
  key: { code: 'INVALID_KEY', message: 'a key is 1 to 200 of `a-z`, `0-9` and `-`' },
  duration: { code: 'INVALID_DURATION', message: durationRule },
  positiveDuration: { code: 'INVALID_DURATION', message: `${durationRule}, and more than none` },
};
const namedPlace = /^#\/\$defs\/(\w+)\/(type|pattern|minimum|exclusiveMinimum)$/;

let shape: ValidateFunction | undefined;

/** Checks a document against definition-schema.ts; the answer is where not to look any further. */
export function checkShape(document: Json, problems: ProblemList): Misshapen {
  shape ??= new Ajv2020({ strict: false, allErrors: true, verbose: true, ownProperties: true }).compile(definitionSchema);
  const misshapen = new Set<string>();
  if (!shape(document)) {
    for (const problem of reportNamed(shape.errors ?? [], problems, misshapen)) report(problem, problems, misshapen);
  }
  for (const pointer of checkDurations(document, misshapen, problems)) mark(pointer, misshapen);
  return misshapen;
}

/** Reports what has a code of its own, and hands back the rest. */
function reportNamed(errors: readonly ErrorObject[], problems: ProblemList, misshapen: Set<string>): ValueProblem[] {
  const others: ErrorObject[] = [];
  for (const error of errors) {
    const match = namedPlace.exec(error.schemaPath);
    const place = match?.[1] === undefined ? undefined : namedPlaces[match[1]];
    if (place) {
      const hint = place.code === 'INVALID_ID' && typeof error.data === 'number' ? 'put it in quotes' : undefined;
      problems.add(place.code, error.instancePath, place.message, { hint });
      mark(error.instancePath, misshapen);
    } else others.push(error);
  }
  return valueProblems(others);
}

function report({ pointer, message, unknown, keyword }: ValueProblem, problems: ProblemList, misshapen: Set<string>): void {
  mark(pointer, misshapen);
  if (unknown === undefined) {
    problems.add('INVALID_FIELD', pointer, keyword === 'required' ? message : `${fieldName(pointer)} ${message}`);
    return;
  }
  const { field, known } = unknown;
  const segments = pointerSegments(pointer);
  const isOfNode = segments[0] === 'dag' && segments.at(-3) === 'nodes';
  const later = segments.length === 1 ? laterTopLevelFields.has(field) : isOfNode && laterNodeFields.has(field);
  if (later) {
    problems.add('NOT_SUPPORTED_YET', pointer, `\`${field}\` ${notYet}`, { part: 'key', hint: 'leave it out for now' });
    return;
  }
  const hint = field === '<<' ? 'YAML 1.2 has no merge keys: write the fields out' : () => didYouMean(field, known);
  problems.add('INVALID_FIELD', pointer, message, { part: 'key', hint });
}

function fieldName(pointer: string): string {
  const name = pointerSegments(pointer).at(-1);
  return name === undefined ? 'a definition' : /^\d+$/.test(name) ? 'this' : `\`${name}\``;
}

/** The pointer and all above it. */
function mark(pointer: string, misshapen: Set<string>): void {
  for (let at = pointer; !misshapen.has(at); at = at.slice(0, at.lastIndexOf('/'))) {
    misshapen.add(at);
    if (at === '') return;
  }
}
