import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query, Req } from '@nestjs/common';
import { backfillLimit, type ListedSchedule, type StartingEngine } from '@jetsaga/engine';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { accepted } from '../executions/execution-starts.ts';
import { pageOf, readCursor, toPage, type Page } from '../http/page.ts';
import { notFound, Problem } from '../http/problem.ts';
import { ENGINE } from '../resources.ts';
import {
  backfillBody,
  backfillView,
  schedulesQuery,
  scheduleView,
  triggeredView,
  viewSchedule,
  type BackfillBody,
  type BackfillView,
  type SchedulesQuery,
  type ScheduleView,
} from './schedule-views.ts';

const idPattern = /^[a-z0-9-]{1,200}\.[0-9a-f]{8}$/;

@ApiTags('schedules')
@Controller('v1/schedules')
export class SchedulesController {
  private readonly engine: StartingEngine;

  constructor(@Inject(ENGINE) engine: StartingEngine) {
    this.engine = engine;
  }

  @Get()
  @ApiOperation({ summary: 'The schedules of all definitions, with their next and last run' })
  @ApiResponse({ status: 200, standardSchema: pageOf(scheduleView) })
  async list(@Query({ schema: schedulesQuery }) { cursor, limit, workflow }: SchedulesQuery): Promise<Page<ScheduleView>> {
    const after = readCursor(cursor, idPattern) ?? '';
    const found = await this.engine.schedules.list({ after, limit: limit + 1, workflow });
    const { items, next } = toPage(found, limit, ({ id }) => id);
    return { items: items.map(viewSchedule), next };
  }

  @Post(':id/pause')
  @HttpCode(200)
  @ApiOperation({ summary: 'Start nothing by it any more' })
  @ApiResponse({ status: 200, standardSchema: scheduleView })
  async pause(@Param('id') id: string, @Req() request: FastifyRequest): Promise<ScheduleView> {
    const schedule = await this.get(id);
    await this.engine.schedules.pause(schedule.id, request.actor);
    return viewSchedule(await this.get(id));
  }

  @Post(':id/resume')
  @HttpCode(200)
  @ApiOperation({ summary: 'Go on with the next due time from now' })
  @ApiResponse({ status: 200, standardSchema: scheduleView })
  async resume(@Param('id') id: string, @Req() request: FastifyRequest): Promise<ScheduleView> {
    const schedule = await this.get(id);
    await this.engine.schedules.resume(schedule, request.actor);
    return viewSchedule(await this.get(id));
  }

  @Post(':id/trigger')
  @ApiOperation({ summary: 'Start a run now, whatever it overlaps with' })
  @ApiResponse({ status: 201, description: 'Started, durably.', standardSchema: triggeredView })
  async trigger(@Param('id') id: string, @Req() request: FastifyRequest): Promise<{ executionId: string }> {
    const schedule = await this.get(id);
    const outcome = await this.engine.schedules.trigger(schedule, request.actor);
    return { executionId: accepted(outcome, schedule.workflow).executionId };
  }

  @Post(':id/backfill')
  @HttpCode(200)
  @ApiOperation({ summary: 'Start what was due in a time and has not run' })
  @ApiResponse({ status: 200, description: 'Started, durably.', standardSchema: backfillView })
  async backfill(
    @Param('id') id: string,
    @Body({ schema: backfillBody }) { from, to }: BackfillBody,
    @Req() request: FastifyRequest,
  ): Promise<BackfillView> {
    const schedule = await this.get(id);
    if (schedule.disabled) {
      throw new Problem(
        409,
        'DEFINITION_DISABLED',
        `the definition ${schedule.workflow} is disabled; enable it to start executions`,
      );
    }
    const runs = await this.engine.schedules.backfill(schedule, from, to, request.actor);
    if (runs === 'too_many') {
      throw new Problem(422, 'BACKFILL_TOO_LARGE', `a backfill starts ${backfillLimit} executions at most; take a shorter time`);
    }
    return { runs: runs.map((run) => ({ ...run, dueAt: new Date(run.dueAt).toISOString() })) };
  }

  /** Errors: 404. */
  private async get(id: string): Promise<ListedSchedule> {
    const schedule = idPattern.test(id) ? await this.engine.schedules.get(id) : undefined;
    if (schedule === undefined) throw notFound(`schedule ${id.slice(0, 250)}`);
    return schedule;
  }
}
