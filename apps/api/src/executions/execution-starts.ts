import { Inject, Injectable } from '@nestjs/common';
import { isTerminalExecution, type ExecutionRecord, type ExecutionStatus } from '@jetsaga/contracts';
import type { StartingEngine, StartOrder, StartOutcome } from '@jetsaga/engine';
import { problemOf } from '../http/problem-of.ts';
import { notFound, Problem } from '../http/problem.ts';
import { ENGINE } from '../resources.ts';
import { ExecutionEnds, type EndNews } from './execution-ends.ts';
import { ExecutionReads } from './execution-reads.ts';
import { viewResult, type ResultView } from './execution-view.ts';

export interface StartAnswer {
  readonly status: 200 | 201 | 202;
  readonly body: { executionId: string; status?: ExecutionStatus } & Partial<ResultView>;
}

/** Starts executions, and waits for their end where that is asked for. */
@Injectable()
export class ExecutionStarts {
  private readonly engine: StartingEngine;
  private readonly ends: ExecutionEnds;
  private readonly reads: ExecutionReads;

  constructor(@Inject(ENGINE) engine: StartingEngine, ends: ExecutionEnds, reads: ExecutionReads) {
    this.engine = engine;
    this.ends = ends;
    this.reads = reads;
  }

  /** Errors: 404, 409 DEFINITION_DISABLED, IDEMPOTENCY_CONFLICT and CONCURRENCY_LIMIT, 422 INVALID_INPUT. */
  async start(order: StartOrder): Promise<StartAnswer> {
    const started = accepted(await this.engine.starts.start(order), order.workflow);
    return { status: started.kind === 'started' ? 201 : 200, body: { executionId: started.executionId } };
  }

  /** 200 with the result when the execution ends within `waitMs`, else 202. */
  async startAndWait(order: StartOrder, waitMs: number): Promise<StartAnswer> {
    const until = Date.now() + waitMs;
    // Watched before the start: an execution may have ended before the start's answer is here.
    const watch = await this.ends.watch();
    try {
      const started = accepted(await this.engine.starts.start(order), order.workflow);
      const { executionId } = started;
      let now = started.kind === 'started' ? started.execution : await this.reads.get(executionId);
      for (let news: EndNews = 'unsure'; !isTerminalExecution(now.status) && news !== 'over';) {
        news = await watch.news(executionId, Math.max(0, until - Date.now()));
        now = (await this.read(executionId)) ?? now;
        if (news === 'ended' && !isTerminalExecution(now.status)) break;
      }
      if (isTerminalExecution(now.status)) return finished(executionId, viewResult(now));
      return { status: 202, body: { executionId, status: now.status } };
    } finally {
      watch.close();
    }
  }

  /** Undefined while Postgres is away: the start is durable, and so there is something to answer all the same. */
  private async read(executionId: string): Promise<ExecutionRecord | undefined> {
    try {
      return await this.reads.get(executionId);
    } catch (error) {
      if (problemOf(error)?.status === 503) return undefined;
      throw error;
    }
  }
}

function finished(executionId: string, result: ResultView): StartAnswer {
  return { status: 200, body: { executionId, ...result } };
}

type Accepted = Extract<StartOutcome, { kind: 'started' | 'known' }>;

/** Turns every outcome but the good ones into a problem. */
export function accepted(outcome: StartOutcome, workflow: string): Accepted {
  switch (outcome.kind) {
    case 'started':
    case 'known':
      return outcome;
    case 'conflict':
      throw new Problem(409, 'IDEMPOTENCY_CONFLICT', 'an execution was started with this idempotency key and another input', {
        extensions: { executionId: outcome.executionId },
      });
    case 'unknown_workflow':
      throw notFound(`definition ${workflow}`);
    case 'unknown_version':
      throw notFound(`such version of the definition ${workflow}`);
    case 'disabled':
      throw new Problem(409, 'DEFINITION_DISABLED', `the definition ${workflow} is disabled; enable it to start executions`);
    case 'not_pending':
      throw new Problem(409, 'WRONG_STATE', 'the execution is not PENDING any more');
    case 'no_slot': {
      const shared = outcome.key === '' ? '' : ` with the key ${outcome.key}`;
      const detail = `${outcome.limit} executions of ${workflow} run already${shared}; start it again when one has ended`;
      throw new Problem(409, 'CONCURRENCY_LIMIT', detail);
    }
    case 'invalid':
      throw new Problem(422, 'INVALID_INPUT', `the input does not fit the definition: ${outcome.problems[0]?.message ?? ''}`, {
        errors: outcome.problems.map(({ pointer, message }) => ({ pointer: `/input${pointer}`, message, code: 'INVALID_INPUT' })),
      });
    case 'failed':
      throw new Problem(422, outcome.error.code, outcome.error.message);
  }
}
