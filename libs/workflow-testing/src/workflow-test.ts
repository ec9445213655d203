import { commandBodySchema, type CommandBody, type Json } from '@jetsaga/contracts';
import { Outcome, TerminalError } from '@jetsaga/worker';
import { reportOf, type TestedStep, type WorkflowReport } from './report.ts';
import { VirtualExecution, type VirtualStart } from './virtual-execution.ts';
import { durationOf } from './virtual-time.ts';
import { WorkflowTestError } from './workflow-test-error.ts';

/** What an operator may ask of the execution; fields with defaults may be left out. */
export type CommandInput = CommandBody extends infer Body
  ? Body extends { kind: infer Kind }
    ? { readonly kind: Kind } & Partial<Omit<Body, 'kind'>>
    : never
  : never;

/**
 * An execution in virtual time, as far as it has come. Its report is plain data, made anew after each thing that is done here, so that what a
 * test expects in vain is shown beside what was there.
 */
export class WorkflowTest implements WorkflowReport {
  declare readonly status: WorkflowReport['status'];
  declare readonly output: WorkflowReport['output'];
  declare readonly error: WorkflowReport['error'];
  declare readonly steps: WorkflowReport['steps'];
  declare readonly taken: WorkflowReport['taken'];
  declare readonly waiting: WorkflowReport['waiting'];
  declare readonly events: WorkflowReport['events'];
  declare readonly calls: WorkflowReport['calls'];
  declare readonly signals: WorkflowReport['signals'];
  declare readonly ignored: WorkflowReport['ignored'];
  declare readonly durationMs: WorkflowReport['durationMs'];
  declare readonly now: WorkflowReport['now'];
  readonly #execution: VirtualExecution;

  private constructor(execution: VirtualExecution) {
    this.#execution = execution;
    this.look();
  }

  static start(request: VirtualStart): WorkflowTest {
    return new WorkflowTest(new VirtualExecution(request));
  }

  /** One step; one that is not there is an error that names those that are. */
  step(path: string): TestedStep {
    const found = this.steps[path];
    if (found) return found;
    throw new WorkflowTestError('STEP_NOT_OPEN', `there is no step ${path}; there are ${Object.keys(this.steps).join(', ')}`);
  }

  /** Lets so much virtual time pass, with all that is due in it. */
  async advance(duration: string | number): Promise<this> {
    await this.#execution.runUntil(this.#execution.now + durationOf(duration));
    this.look();
    return this;
  }

  /** Goes on until nothing is due any more. */
  async finish(): Promise<this> {
    await this.#execution.runToRest();
    this.look();
    return this;
  }

  /** Completes a step that was deferred, and goes on to the end. */
  async complete(path: string, output: Json = null, options: { readonly branch?: string } = {}): Promise<this> {
    const { branch } = options;
    await this.#execution.settle(path, branch === undefined ? output : new Outcome(output, branch));
    return this.finish();
  }

  /** Fails a step that was deferred, for good unless an error is given that may be retried, and goes on to the end. */
  async fail(path: string, error: { readonly code: string; readonly message: string } | Error): Promise<this> {
    const thrown = error instanceof Error ? error : new TerminalError(error.code, error.message);
    await this.#execution.settle(path, () => {
      throw thrown;
    });
    return this.finish();
  }

  /** Cancels it now, and goes on to the end. */
  cancel(options: { readonly reason?: string; readonly compensate?: boolean } = {}): Promise<this> {
    return this.command({ kind: 'cancel', ...options });
  }

  /** Gives it a signal now, and goes on to the end. */
  signal(name: string, payload: Json = null): Promise<this> {
    return this.command({ kind: 'signal', name, payload });
  }

  /** Gives a command now, and goes on to the end. */
  async command(command: CommandInput): Promise<this> {
    this.plan(command, this.#execution.now);
    return this.finish();
  }

  /** Puts a command down for a virtual time. */
  plan(command: CommandInput, at: number): void {
    const parsed = commandBodySchema.safeParse(command);
    if (!parsed.success) {
      const kinds = commandBodySchema.options.map((option) => option.shape.kind.value).join(', ');
      throw new WorkflowTestError('INVALID_COMMAND', `there is no such command; kinds are ${kinds}: ${parsed.error.message}`);
    }
    this.#execution.give(parsed.data, at);
  }

  private look(): void {
    Object.assign(this, reportOf(this.#execution));
  }
}
