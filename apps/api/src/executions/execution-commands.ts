import { Inject, Injectable } from '@nestjs/common';
import { parseStepPath, type CommandBody, type ExecutionStatus, type Json } from '@jetsaga/contracts';
import type { StartingEngine } from '@jetsaga/engine';
import { notFound, Problem } from '../http/problem.ts';
import { executionIdOf } from '../http/ids.ts';
import { ENGINE } from '../resources.ts';
import { ExecutionReads } from './execution-reads.ts';

/** What an operator asks of executions. */
@Injectable()
export class ExecutionCommands {
  private readonly engine: StartingEngine;
  private readonly reads: ExecutionReads;

  constructor(@Inject(ENGINE) engine: StartingEngine, reads: ExecutionReads) {
    this.engine = engine;
    this.reads = reads;
  }

  /** The command is durable when it resolves, and acted upon soon after. Errors: 404, 409 WRONG_STATE. */
  async give(id: string, body: CommandBody, by: string): Promise<{ status: ExecutionStatus }> {
    const executionId = executionIdOf(id);
    const given = await this.engine.commands.give({ executionId, body, by });
    if (given === 'unknown') throw notFound(`execution ${id}`);
    const { status } = await this.reads.get(executionId);
    if (given === 'wrong_state') throw new Problem(409, 'WRONG_STATE', refusal(body.kind, status));
    return { status };
  }

  /** Errors: as `give`, and 404 where there is no such step, 409 where its undo has not failed. */
  async giveAboutUndo(
    id: string,
    body: Extract<CommandBody, { kind: 'retry_compensation' | 'waive_compensation' }>,
    by: string,
  ): Promise<{ status: ExecutionStatus }> {
    const execution = await this.reads.get(id);
    const { items } = await this.reads.steps(execution.id, { path: body.path, limit: 1 });
    const step = items[0];
    if (!step) throw notFound(`step ${body.path} of execution ${id}`);
    if (step.status !== 'COMPENSATION_FAILED' || step.undo?.waived) {
      throw new Problem(409, 'WRONG_STATE', `the step is ${step.status}: only an undo that failed can be retried or waived`);
    }
    return this.give(id, body, by);
  }

  /** Errors: as `give`, and 422 where `input` names what is no step with a configuration of its own. */
  async retry(id: string, input: Readonly<Record<string, Json>> | undefined, by: string): Promise<{ status: ExecutionStatus }> {
    const execution = await this.reads.get(id);
    const plan = await this.engine.plans.plan(execution.workflow, execution.version);
    const wrong = Object.keys(input ?? {}).filter((path) => {
      const { scope, node } = parseStepPath(path);
      return scope === '' && plan?.root.nodes.get(node)?.action.kind !== 'task';
    });
    if (wrong.length > 0) {
      const message = 'no step of this execution that a worker runs has this path';
      throw new Problem(422, 'INVALID_INPUT', `the configuration of ${wrong.join(', ')} cannot be changed`, {
        errors: wrong.map((path) => ({
          pointer: `/input/${path.replaceAll('~', '~0').replaceAll('/', '~1')}`,
          message,
          code: 'INVALID_INPUT',
        })),
      });
    }
    return this.give(id, { kind: 'retry', ...(input && { input: { ...input } }) }, by);
  }
}

function refusal(kind: CommandBody['kind'], status: ExecutionStatus): string {
  if (kind === 'retry' && status === 'COMPENSATING') {
    return 'the execution is COMPENSATING: let its steps be undone, and retry or waive the undos that failed, before it is retried';
  }
  return `the execution is ${status}: ${words[kind]}`;
}

const words: Readonly<Record<CommandBody['kind'], string>> = {
  cancel: 'only one that has not ended, and undoes nothing yet, can be cancelled',
  pause: 'only one that is RUNNING can be paused',
  resume: 'only one that is PAUSED can be resumed',
  retry: 'only one that is FAILED, TIMED_OUT or CANCELLED can be retried',
  signal: 'only one that has not ended, and undoes nothing, takes signals',
  complete_task: 'only while it is under way its tasks can be completed',
  fail_task: 'only while it is under way its tasks can be failed',
  event: 'only while it is under way its steps wait for events',
  retry_compensation: 'only while it is COMPENSATING an undo can be retried',
  waive_compensation: 'only while it is COMPENSATING an undo can be waived',
};
