import { Body, Controller, Delete, Get, Headers, HttpCode, Inject, Param, Post, Query, Req, Res } from '@nestjs/common';
import { isTerminalExecution, type ExecutionStatus } from '@jetsaga/contracts';
import type { StartingEngine } from '@jetsaga/engine';
import { ApiOperation, ApiProduces, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { executionIdOf } from '../http/ids.ts';
import { pageOf, readCursor, toPage, type Page } from '../http/page.ts';
import { notFound, Problem } from '../http/problem.ts';
import { ENGINE } from '../resources.ts';
import { attemptsOf } from './attempts.ts';
import {
  executionSearchQuery,
  historyQuery,
  stepsQuery,
  type ExecutionSearchQuery,
  type HistoryQuery,
  type StepsQuery,
} from './execution-queries.ts';
import { ExecutionReads } from './execution-reads.ts';
import { ExecutionSteps } from './execution-steps.ts';
import { executionView, resultView, viewExecution, viewResult, type ExecutionView, type ResultView } from './execution-view.ts';
import { historyView, viewHistory, type HistoryView } from './history-view.ts';
import { LiveEvents } from './live-events.ts';
import { cancelBody, type CancelBody } from './start-body.ts';
import { stepView, viewStep, type StepView } from './step-view.ts';

@ApiTags('executions')
@Controller('v1/executions')
export class ExecutionsController {
  private readonly reads: ExecutionReads;
  private readonly stepList: ExecutionSteps;
  private readonly live: LiveEvents;
  private readonly engine: StartingEngine;

  constructor(reads: ExecutionReads, stepList: ExecutionSteps, live: LiveEvents, @Inject(ENGINE) engine: StartingEngine) {
    this.reads = reads;
    this.stepList = stepList;
    this.live = live;
    this.engine = engine;
  }

  @Get()
  @ApiOperation({ summary: 'Search executions, newest first; `label.<name>=<value>` selects by label' })
  @ApiResponse({ status: 200, standardSchema: pageOf(executionView) })
  async search(@Query({ schema: executionSearchQuery }) query: ExecutionSearchQuery): Promise<Page<ExecutionView>> {
    const { items, next } = await this.reads.search(query);
    return { items: items.map((execution) => viewExecution(execution)), next };
  }

  @Get(':id')
  @ApiOperation({ summary: 'One execution' })
  @ApiResponse({ status: 200, standardSchema: executionView })
  async get(@Param('id') id: string): Promise<ExecutionView> {
    const execution = await this.reads.get(id);
    return viewExecution(execution, await this.reads.waitingFor(execution));
  }

  @Get(':id/steps')
  @ApiOperation({ summary: 'Its steps; one with its attempts: `?path=`' })
  @ApiResponse({ status: 200, standardSchema: pageOf(stepView) })
  async steps(@Param('id') id: string, @Query({ schema: stepsQuery }) query: StepsQuery): Promise<Page<StepView>> {
    const execution = await this.reads.get(id);
    const { items, next } = await this.stepList.of(execution, query);
    if (query.path === undefined) return { items: items.map((step) => viewStep(step)), next };
    const attempts = attemptsOf(await this.reads.historyOfStep(execution.id, query.path));
    return { items: items.map((step) => viewStep(step, attempts)), next };
  }

  @Get(':id/history')
  @ApiOperation({ summary: 'Every transition and command, oldest first' })
  @ApiResponse({ status: 200, standardSchema: pageOf(historyView) })
  async history(@Param('id') id: string, @Query({ schema: historyQuery }) query: HistoryQuery): Promise<Page<HistoryView>> {
    const { id: executionId } = await this.reads.get(id);
    const after = Number(readCursor(query.cursor, /^\d{1,15}$/) ?? 0);
    const found = await this.reads.history(executionId, after, query.limit + 1);
    return toPage(found.map(viewHistory), query.limit, (entry) => String(entry.seq));
  }

  @Get(':id/result')
  @ApiOperation({ summary: 'How it ended; 409 while it has not' })
  @ApiResponse({ status: 200, standardSchema: resultView })
  async result(@Param('id') id: string): Promise<ResultView> {
    const execution = await this.reads.get(id);
    if (isTerminalExecution(execution.status)) return viewResult(execution);
    throw new Problem(409, 'NOT_TERMINAL', `the execution is ${execution.status}; there is no result yet`, {
      extensions: { executionStatus: execution.status },
    });
  }

  @Get(':id/events')
  @ApiOperation({ summary: 'Its events, live (SSE); ids are history sequences, `Last-Event-ID` resumes' })
  @ApiProduces('text/event-stream')
  @ApiResponse({ status: 200, standardSchema: z.string() })
  async events(
    @Param('id') id: string,
    @Headers('last-event-id') lastId: string | undefined,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const execution = await this.reads.get(id);
    const after = /^\d{1,15}$/.test(lastId ?? '') ? Number(lastId) : 0;
    if (reply.request.method === 'HEAD') return void reply.type('text/event-stream').send();
    reply.hijack();
    await this.live.stream(execution, after, reply.raw);
  }

  @Post(':id/cancel')
  @HttpCode(202)
  @ApiOperation({ summary: 'No new steps, running handlers abort, completed steps are undone' })
  @ApiResponse({ status: 202, standardSchema: z.object({ status: z.string() }) })
  async cancel(
    @Param('id') id: string,
    @Body({ schema: cancelBody }) body: CancelBody,
    @Req() request: FastifyRequest,
  ): Promise<{ status: ExecutionStatus }> {
    const executionId = executionIdOf(id);
    const given = await this.engine.commands.give({ executionId, body: { kind: 'cancel', ...body }, by: request.actor });
    if (given === 'unknown') throw notFound(`execution ${id}`);
    const { status } = await this.reads.get(executionId);
    if (given === 'terminal') throw new Problem(409, 'WRONG_STATE', `the execution is ${status} already`);
    return { status };
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({ summary: 'Remove a terminal execution with everything on record about it' })
  async remove(@Param('id') id: string): Promise<void> {
    const execution = await this.reads.get(id);
    if (await this.reads.delete(execution.id)) return;
    throw new Problem(409, 'WRONG_STATE', `the execution is ${execution.status}; cancel it before it can be deleted`);
  }
}
