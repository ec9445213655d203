import { Inject, Injectable } from '@nestjs/common';
import { isTerminalExecution, type Actor, type ExecutionStatus, type Json, type StepStatus } from '@jetsaga/contracts';
import type { StartingEngine, StartOrder } from '@jetsaga/engine';
import { executionResults } from '@jetsaga/workflow';
import { Definitions } from '../definitions/definitions.ts';
import { ExecutionReads } from '../executions/execution-reads.ts';
import { accepted } from '../executions/execution-starts.ts';
import { ExecutionSteps } from '../executions/execution-steps.ts';
import { Problem } from '../http/problem.ts';
import { isoTime } from '../http/time.ts';
import { ENGINE } from '../resources.ts';

export interface Submitted {
  readonly workflow_definition_id: string;
  readonly execution_id: string;
  readonly message: string;
}

export interface Triggered {
  readonly execution_id: string;
  readonly state: ExecutionStatus;
  readonly message: string;
}

export interface State {
  readonly id: string;
  readonly state: ExecutionStatus;
  readonly started_at: string | null;
  readonly node_states: Readonly<Record<string, StepStatus>>;
}

export interface Results {
  readonly execution_id: string;
  readonly state: ExecutionStatus;
  readonly results: Json;
}

/** The older DAG engine's way of working on top of definitions and executions: submit once, then trigger. */
@Injectable()
export class DagEngine {
  private readonly definitions: Definitions;
  private readonly engine: StartingEngine;
  private readonly reads: ExecutionReads;
  private readonly steps: ExecutionSteps;

  constructor(definitions: Definitions, @Inject(ENGINE) engine: StartingEngine, reads: ExecutionReads, steps: ExecutionSteps) {
    this.definitions = definitions;
    this.engine = engine;
    this.reads = reads;
    this.steps = steps;
  }

  async submit(source: string, by: Actor): Promise<Submitted> {
    const { key, version } = await this.definitions.apply({ source, format: undefined, allowUnknown: false, by });
    const held = accepted(await this.engine.starts.start({ workflow: key, version, input: {}, by, hold: true }), key);
    return {
      workflow_definition_id: key,
      execution_id: held.executionId,
      message: `Workflow submitted; trigger it with POST /v1/workflow/trigger/${held.executionId}`,
    };
  }

  /** Errors: 404; 409 WRONG_STATE while it runs. */
  async trigger(id: string, input: Json, by: Actor): Promise<Triggered> {
    const execution = await this.reads.get(id);
    const order: StartOrder = { workflow: execution.workflow, input, by };
    if (execution.status === 'PENDING') {
      const outcome = await this.engine.starts.start({ ...order, pendingId: execution.id });
      // Of two triggers at the same time, the second finds the execution running.
      if (outcome.kind === 'not_pending') throw running('RUNNING');
      const started = accepted(outcome, execution.workflow);
      if (started.kind === 'started' && started.execution.status === 'PENDING') {
        return { ...triggered(execution.id, 'Workflow triggered; it waits for a slot'), state: 'PENDING' };
      }
      return triggered(execution.id, 'Workflow triggered');
    }
    if (!isTerminalExecution(execution.status)) throw running(execution.status);
    const outcome = await this.engine.starts.start({ ...order, version: execution.version });
    const { executionId } = accepted(outcome, execution.workflow);
    return triggered(executionId, `Execution ${execution.id} has ended; the workflow was started anew`);
  }

  async state(id: string): Promise<State> {
    const execution = await this.reads.get(id);
    const steps = await this.steps.ofRoot(execution, await this.steps.recorded(execution));
    return {
      id: execution.id,
      state: execution.status,
      started_at: isoTime(execution.startedAt) ?? null,
      node_states: Object.fromEntries(steps.map((step) => [step.node, step.status])),
    };
  }

  async results(id: string): Promise<Results> {
    const execution = await this.reads.get(id);
    const plan = execution.status === 'COMPLETED' ? await this.steps.planOf(execution) : undefined;
    const results = plan === undefined ? {} : executionResults(plan, { steps: await this.steps.recorded(execution) });
    return { execution_id: execution.id, state: execution.status, results };
  }
}

function triggered(executionId: string, message: string): Triggered {
  return { execution_id: executionId, state: 'RUNNING', message };
}

function running(status: ExecutionStatus): Problem {
  return new Problem(409, 'WRONG_STATE', `the execution is ${status}; it can be triggered again when it has ended`);
}
