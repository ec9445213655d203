import { Inject, Injectable } from '@nestjs/common';
import { isSettledStep, parseStepPath, stepPath, type Actor, type ExecutionStatus, type StepRecord } from '@jetsaga/contracts';
import type { StartingEngine, TaskTokenSubject } from '@jetsaga/engine';
import {
  DefinitionRepository,
  noteHeartbeat,
  stepsOfExecution,
  waitingTasks,
  type PayloadCodec,
  type WaitingTask,
} from '@jetsaga/persistence';
import type { Pool } from 'pg';
import { ExecutionReads } from '../executions/execution-reads.ts';
import { executionIdOf } from '../http/ids.ts';
import { readCursor, toPage, type Page } from '../http/page.ts';
import { notFound, Problem } from '../http/problem.ts';
import { ENGINE, PAYLOADS, POOL } from '../resources.ts';
import type { CompleteBody, FailBody, HeartbeatBody, TasksQuery } from './task-bodies.ts';

const position = /^(\d+(?:\.\d+)?) ([0-9a-f-]{36}) ([\s\S]+)$/;

/** Deferred steps, and what is done to them by their tokens. */
@Injectable()
export class Tasks {
  private readonly pool: Pool;
  private readonly payloads: PayloadCodec;
  private readonly reads: ExecutionReads;
  private readonly engine: StartingEngine;

  constructor(
    @Inject(POOL) pool: Pool,
    @Inject(PAYLOADS) payloads: PayloadCodec,
    reads: ExecutionReads,
    @Inject(ENGINE) engine: StartingEngine,
  ) {
    this.pool = pool;
    this.payloads = payloads;
    this.reads = reads;
    this.engine = engine;
  }

  /** Longest first. */
  async waiting({ workflow, handler, execution, cursor, limit }: TasksQuery): Promise<Page<WaitingTask>> {
    const [, since, id, path] = position.exec(readCursor(cursor, position) ?? '') ?? [];
    const found = await waitingTasks(this.pool, {
      workflow,
      handler,
      executionId: execution === undefined ? undefined : executionIdOf(execution),
      after: id === undefined ? undefined : { since: Number(since), executionId: id, ...parseStepPath(path!) },
      limit: limit + 1,
    });
    return toPage(found, limit, (task) => `${task.since} ${task.executionId} ${stepPath(task.scope, task.node)}`);
  }

  /** Durable when it resolves. Done twice it is as if it were done once. Errors: 404, 409 WRONG_STATE, 422 UNKNOWN_BRANCH. */
  async complete(token: string, { output, branch }: CompleteBody, by: Actor): Promise<ExecutionStatus> {
    const subject = this.subjectOf(token);
    const step = await this.stepOf(subject);
    if (step.status === 'COMPLETED') return this.statusOf(subject);
    refuseSettled(step);
    if (branch !== undefined) await this.checkBranch(subject, step, branch);
    const given = await this.engine.commands.completeTask({ ...subject, output: output ?? null, branch, by });
    return this.outcome(subject, given, 'COMPLETED');
  }

  /** Likewise. An attempt that is over cannot fail any more. */
  async fail(token: string, { retryable, ...error }: FailBody, by: Actor): Promise<ExecutionStatus> {
    const subject = this.subjectOf(token);
    const step = await this.stepOf(subject);
    const isSameAttempt = step.attempt === subject.attempt;
    if (isSameAttempt && (step.status === 'FAILED' || step.status === 'RETRYING')) return this.statusOf(subject);
    refuseSettled(step);
    refuseOver(step, subject);
    const { executionId, path, attempt } = subject;
    const body = { kind: 'fail_task' as const, path, attempt, error, retryable };
    return this.outcome(subject, await this.engine.commands.give({ executionId, body, by }), 'FAILED');
  }

  /** Tells also whether anybody still waits: 409 WRONG_STATE when not. */
  async heartbeat(token: string, { note }: HeartbeatBody): Promise<ExecutionStatus> {
    const subject = this.subjectOf(token);
    const step = await this.stepOf(subject);
    refuseSettled(step);
    refuseOver(step, subject);
    await noteHeartbeat(this.pool, step, note ?? null);
    return this.statusOf(subject);
  }

  private subjectOf(token: string): TaskTokenSubject {
    const subject = this.engine.tokens.verify(token);
    if (subject === undefined) throw notFound('task with this token');
    return subject;
  }

  private async stepOf({ executionId, path }: TaskTokenSubject): Promise<StepRecord> {
    const [step] = await stepsOfExecution(this.pool, this.payloads, executionId, { ...parseStepPath(path), limit: 1 });
    if (step === undefined) throw notFound('task with this token any more');
    return step;
  }

  private async statusOf({ executionId }: TaskTokenSubject): Promise<ExecutionStatus> {
    return (await this.reads.get(executionId)).status;
  }

  /** An execution that has ended meanwhile may have done so by this very step. */
  private async outcome(
    subject: TaskTokenSubject,
    given: 'stored' | 'unknown' | 'wrong_state',
    wished: StepRecord['status'],
  ): Promise<ExecutionStatus> {
    if (given === 'unknown') throw notFound('task with this token any more');
    if (given === 'wrong_state') {
      const step = await this.stepOf(subject);
      if (step.status !== wished) throw nobodyWaits(step);
    }
    return this.statusOf(subject);
  }

  /** By what the handler declared when the definition was applied; one that was unknown then may take any. */
  private async checkBranch(subject: TaskTokenSubject, { handler }: StepRecord, branch: string): Promise<void> {
    const { workflow, version } = await this.reads.get(subject.executionId);
    const definition = await new DefinitionRepository(this.pool, this.payloads).version(workflow, version);
    const facts = definition?.handlers[handler];
    if (facts === undefined || facts.branches.includes(branch)) return;
    const known = facts.branches.length === 0 ? 'none' : facts.branches.join(', ');
    throw new Problem(422, 'UNKNOWN_BRANCH', `${handler} has no branch ${branch}; it has ${known}`, {
      errors: [{ pointer: '/branch', code: 'UNKNOWN_BRANCH', message: `not a branch of ${handler}` }],
    });
  }
}

function refuseSettled(step: StepRecord): void {
  if (isSettledStep(step.status)) throw nobodyWaits(step);
}

function refuseOver(step: StepRecord, { attempt }: TaskTokenSubject): void {
  if (step.attempt === attempt && step.status !== 'RETRYING') return;
  throw new Problem(
    409,
    'WRONG_STATE',
    `the attempt ${attempt} of this step is over; it is ${step.status} in attempt ${step.attempt}`,
  );
}

function nobodyWaits({ status }: StepRecord): Problem {
  return new Problem(409, 'WRONG_STATE', `the step is ${status}: nobody waits for this any more`);
}
