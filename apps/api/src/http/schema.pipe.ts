import type { ArgumentMetadata, PipeTransform } from '@nestjs/common';
import type { z } from 'zod';
import { escapePointer } from './strict-json.ts';
import { Problem, type ProblemDetail } from './problem.ts';

/** Checks a parameter against the schema of its decorator. Errors: 422 INVALID_REQUEST with every problem and its place. */
export class SchemaPipe implements PipeTransform {
  transform(value: unknown, { schema, type }: ArgumentMetadata): unknown {
    if (schema === undefined) return value;
    const result = (schema as z.ZodType).safeParse(type === 'body' ? value : (value ?? {}));
    if (result.success) return result.data;
    const errors = result.error.issues.slice(0, 50).map((issue) => detail(issue, type));
    throw new Problem(422, 'INVALID_REQUEST', errors[0]!.message, { errors });
  }
}

function detail(issue: z.core.$ZodIssue, type: ArgumentMetadata['type']): ProblemDetail {
  const pointer = issue.path.map((segment) => `/${escapePointer(String(segment))}`).join('');
  const place = type === 'body' ? pointer : `?${issue.path.map(String).join('.')}`;
  const named = place === '' ? 'the body' : place;
  return { pointer: place, code: issue.code.toUpperCase(), message: `${named}: ${issue.message}` };
}
