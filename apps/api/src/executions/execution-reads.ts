import { Inject, Injectable } from '@nestjs/common';
import { parseStepPath, stepPath, type ExecutionRecord, type HistoryEntry, type StepRecord } from '@jetsaga/contracts';
import {
  deleteTerminalExecution,
  executionById,
  historyOfExecution,
  searchExecutions,
  slotWaitedFor,
  stepsOfExecution,
  type PayloadCodec,
} from '@jetsaga/persistence';
import { slotInWords } from '@jetsaga/workflow';
import type { Pool } from 'pg';
import { PAYLOADS, POOL } from '../resources.ts';
import { executionIdOf, uuidPattern } from '../http/ids.ts';
import { readCursor, toPage, type Page } from '../http/page.ts';
import { notFound } from '../http/problem.ts';
import type { ExecutionSearchQuery, StepsQuery } from './execution-queries.ts';

/** What is on record about executions. */
@Injectable()
export class ExecutionReads {
  private readonly pool: Pool;
  private readonly payloads: PayloadCodec;

  constructor(@Inject(POOL) pool: Pool, @Inject(PAYLOADS) payloads: PayloadCodec) {
    this.pool = pool;
    this.payloads = payloads;
  }

  find(id: string): Promise<ExecutionRecord | undefined> {
    return executionById(this.pool, this.payloads, id);
  }

  /** Errors: 404 NOT_FOUND. */
  async get(id: string): Promise<ExecutionRecord> {
    const execution = await this.find(executionIdOf(id));
    if (execution === undefined) throw notFound(`execution ${id}`);
    return execution;
  }

  /** What a PENDING execution waits for, in words. */
  async waitingFor({ id, status }: ExecutionRecord): Promise<string | undefined> {
    if (status !== 'PENDING') return undefined;
    const slot = await slotWaitedFor(this.pool, id);
    return slot ? slotInWords(slot.limit, slot.key) : 'its trigger';
  }

  async search({ status, q, cursor, limit, ...query }: ExecutionSearchQuery): Promise<Page<ExecutionRecord>> {
    const before = readCursor(cursor, uuidPattern);
    const found = await searchExecutions(this.pool, this.payloads, {
      ...query,
      statuses: status,
      text: q,
      before,
      limit: limit + 1,
    });
    return toPage(found, limit, (execution) => execution.id);
  }

  async steps(executionId: string, query: StepsQuery): Promise<Page<StepRecord>> {
    const position = readCursor(query.cursor, /^[\s\S]+$/);
    const address = query.path === undefined ? {} : parseStepPath(query.path);
    const found = await stepsOfExecution(this.pool, this.payloads, executionId, {
      scope: query.scope,
      ...address,
      statuses: query.status,
      after: position === undefined ? undefined : parseStepPath(position),
      limit: query.limit + 1,
    });
    return toPage(found, query.limit, (step) => stepPath(step.scope, step.node));
  }

  history(executionId: string, after: number, limit: number): Promise<HistoryEntry[]> {
    return historyOfExecution(this.pool, this.payloads, executionId, after, limit);
  }

  /** All that happened to one step, oldest first. */
  async historyOfStep(executionId: string, path: string): Promise<HistoryEntry[]> {
    const found: HistoryEntry[] = [];
    const chunk = 1_000;
    for (let after = 0; ;) {
      const entries = await this.history(executionId, after, chunk);
      found.push(...entries.filter((entry) => entry.path === path));
      if (entries.length < chunk) return found;
      after = entries.at(-1)!.seq;
    }
  }

  /** False when it is not terminal, or not there. */
  delete(id: string): Promise<boolean> {
    return deleteTerminalExecution(this.pool, id);
  }
}
