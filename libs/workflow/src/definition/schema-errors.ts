import type { ErrorObject } from 'ajv/dist/2020.js';
import { jsonPointer } from './json-pointer.ts';

/** One thing that is wrong with a value, in words. `field` is set where the problem is a field's name. */
export interface ValueProblem {
  readonly pointer: string;
  readonly message: string;
  /** The unknown field, and the fields there are. */
  readonly unknown?: { readonly field: string; readonly known: readonly string[] };
  readonly keyword: string;
}

/** Ajv's errors as a reader wants them: one per mistake, and of alternatives only what comes nearest. */
export function valueProblems(errors: readonly ErrorObject[]): ValueProblem[] {
  const tidy: ErrorObject[] = [];
  for (const error of errors) {
    if (error.keyword === 'if') continue;
    if (error.keyword !== 'anyOf' && error.keyword !== 'oneOf') {
      tidy.push(error);
      continue;
    }
    const inner: ErrorObject[] = [];
    while (tidy.length > 0 && isAtOrUnder(tidy.at(-1)!.instancePath, error.instancePath)) inner.unshift(tidy.pop()!);
    tidy.push(...nearestAlternative(error, inner));
  }
  const problems = new Map<string, ValueProblem>();
  for (const error of tidy) {
    const problem = inWords(error);
    problems.set(`${problem.pointer} ${problem.message}`, problem);
  }
  return [...problems.values()];
}

function isAtOrUnder(path: string, parent: string): boolean {
  return path === parent || path.startsWith(`${parent}/`);
}

/** An alternative that fails deeper inside was probably the one meant. */
function nearestAlternative(error: ErrorObject, inner: readonly ErrorObject[]): ErrorObject[] {
  const deeper = inner.filter(({ instancePath }) => instancePath !== error.instancePath);
  const meant = deeper.filter(({ keyword }) => keyword !== 'const');
  if (meant.length > 0) return meant;
  if (deeper.length > 0) return deeper;
  const words = [...new Set(inner.map((one) => inWords(one).message))];
  const types = inner.every(({ keyword }) => keyword === 'type');
  const message =
    inner.length === 0
      ? 'fits more than one of the allowed forms'
      : types
        ? `must be ${[...new Set(inner.map(({ params }) => String(params.type)))].join(' or ')}`
        : words.join(', or ');
  return [{ ...error, keyword: 'alternatives', message }];
}

function inWords(error: ErrorObject): ValueProblem {
  const { instancePath: pointer, keyword, params } = error;
  switch (keyword) {
    case 'required':
      return { pointer, keyword, message: `\`${params.missingProperty}\` is missing` };
    case 'additionalProperties':
    case 'unevaluatedProperties': {
      const field = String(params.additionalProperty ?? params.unevaluatedProperty);
      const known = Object.keys((error.parentSchema?.properties as object | undefined) ?? {});
      return {
        pointer: jsonPointer(pointer, field),
        keyword,
        message: `there is no field \`${field}\``,
        unknown: { field, known },
      };
    }
    case 'enum': {
      const allowed = (params.allowedValues as readonly unknown[]).slice(0, 20).map((value) => JSON.stringify(value));
      return { pointer, keyword, message: `must be one of ${allowed.join(', ')}` };
    }
    case 'const':
      return { pointer, keyword, message: `must be ${JSON.stringify(params.allowedValue)}` };
    case 'type':
      return { pointer, keyword, message: `must be ${[params.type].flat().join(' or ')}, not ${kindOf(error.data)}` };
    default:
      return { pointer, keyword, message: error.message ?? `does not fit \`${keyword}\`` };
  }
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}
