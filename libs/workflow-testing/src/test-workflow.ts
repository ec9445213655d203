import type { Json } from '@jetsaga/contracts';
import type { Stubs } from './stub.ts';
import { testedPlan, type TestedDefinition } from './tested-plan.ts';
import { durationOf, timeOf } from './virtual-time.ts';
import { WorkflowTestError } from './workflow-test-error.ts';
import { WorkflowTest, type CommandInput } from './workflow-test.ts';

/** What an operator does, so long after the start. */
export type TimedCommand = CommandInput & { readonly after: string | number };

export interface TestOptions {
  /** `{}` when it is not given. */
  readonly input?: Json;
  /** By name. One that a step asks for and that is not here is an error of the test. */
  readonly handlers?: Stubs;
  readonly commands?: readonly TimedCommand[];
  readonly labels?: Readonly<Record<string, string>>;
  /** Virtual time of the start; 2026-01-01T00:00:00Z. */
  readonly startedAt?: string | Date;
  /** How far to go by itself: to the end, or to this long after the start. */
  readonly until?: string | number;
}

/**
 * Runs a workflow without servers: the real definition language and the real decisions, in memory, with virtual time. What is due first
 * happens first, and nobody waits for it: three days take a millisecond. Resolves when nothing will happen any more unless the test does
 * something: the execution has ended, or its open steps wait for somebody. Rejects with a WorkflowTestError when the test is wrong.
 *
 *     const run = await testWorkflow(intake, { input: { uri }, handlers: { parse_document: () => ({ documentId: 'd1' }) } });
 *     expect(run).toMatchObject({ status: 'COMPLETED', output: { documentId: 'd1' } });
 *     expect(run.taken).toEqual(['parse', 'publish']);
 */
export async function testWorkflow(definition: TestedDefinition, options: TestOptions = {}): Promise<WorkflowTest> {
  const { input = {}, handlers = {}, labels = {} } = options;
  const plan = testedPlan(definition, handlers);
  const problems = plan.checkInput(input);
  if (problems.length > 0) {
    const lines = problems.map(({ pointer, message }) => `${pointer || '/'} ${message}`);
    throw new WorkflowTestError('INVALID_INPUT', `the input does not fit the definition:\n  ${lines.join('\n  ')}`);
  }
  const startedAt = timeOf(options.startedAt ?? '2026-01-01T00:00:00Z');
  const run = WorkflowTest.start({ plan, input, handlers, labels: { ...plan.labels, ...labels }, startedAt });
  for (const { after, ...command } of options.commands ?? []) run.plan(command, startedAt + durationOf(after));
  return options.until === undefined ? run.finish() : run.advance(options.until);
}
