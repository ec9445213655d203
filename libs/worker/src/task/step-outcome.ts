import { limits, type Json } from '@jetsaga/contracts';
import { z } from 'zod';
import { Deferred, Outcome, type AnyHandler } from '../define-handler.ts';
import { TerminalError } from '../handler-errors.ts';
import { isDeeperThan } from './json-depth.ts';

export type StepOutcome =
  | { readonly outcome: 'completed'; readonly output: Json; readonly branch?: string }
  | { readonly outcome: 'deferred'; readonly output: string };

/** Checks what a handler returned against what it declared. Errors, terminal: INVALID_OUTPUT. */
export function stepOutcome(handler: AnyHandler, returned: unknown): StepOutcome {
  if (returned instanceof Deferred) return { outcome: 'deferred', output: returned.note };
  const branch = returned instanceof Outcome ? returned.branch : undefined;
  const { name, branches } = handler.description;
  if (branch !== undefined && !branches.includes(branch)) {
    throw new TerminalError(
      'INVALID_OUTPUT',
      `${name} took the branch ${branch}, which it does not declare (${branches.join(', ')})`,
    );
  }
  const parsed = handler.output.safeParse(returned instanceof Outcome ? returned.output : returned);
  if (!parsed.success) {
    throw new TerminalError(
      'INVALID_OUTPUT',
      `what ${name} returned does not fit its output schema: ${z.prettifyError(parsed.error)}`,
    );
  }
  if (isDeeperThan(parsed.data, limits.jsonDepth)) {
    throw new TerminalError('INVALID_OUTPUT', `what ${name} returned nests deeper than ${limits.jsonDepth} levels`);
  }
  return { outcome: 'completed', output: (parsed.data ?? null) as Json, ...(branch !== undefined && { branch }) };
}

/** The handler's configuration, checked. Errors, terminal: INVALID_CONFIG. */
export function checkedConfig(handler: AnyHandler, config: Json): unknown {
  const parsed = handler.config.safeParse(config);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => ({
    pointer: path.map((key) => `/${String(key)}`).join(''),
    message,
  }));
  throw new TerminalError(
    'INVALID_CONFIG',
    `the configuration does not fit ${handler.description.name}: ${z.prettifyError(parsed.error)}`,
    { details: problems.slice(0, 100) },
  );
}
