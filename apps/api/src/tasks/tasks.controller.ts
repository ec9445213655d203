import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query, Req } from '@nestjs/common';
import type { ExecutionStatus } from '@jetsaga/contracts';
import type { StartingEngine } from '@jetsaga/engine';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { pageOf, type Page } from '../http/page.ts';
import { ENGINE } from '../resources.ts';
import {
  completeBody,
  failBody,
  heartbeatBody,
  tasksQuery,
  type CompleteBody,
  type FailBody,
  type HeartbeatBody,
  type TasksQuery,
} from './task-bodies.ts';
import { taskView, viewTask, type TaskView } from './task-view.ts';
import { Tasks } from './tasks.ts';

const accepted = z.object({ status: z.string().describe('Of the execution.') });

@ApiTags('tasks')
@Controller('v1/tasks')
export class TasksController {
  private readonly tasks: Tasks;
  private readonly engine: StartingEngine;

  constructor(tasks: Tasks, @Inject(ENGINE) engine: StartingEngine) {
    this.tasks = tasks;
    this.engine = engine;
  }

  @Get()
  @ApiOperation({ summary: 'Deferred steps that wait to be completed by their token, longest first' })
  @ApiResponse({ status: 200, standardSchema: pageOf(taskView) })
  async list(@Query({ schema: tasksQuery }) query: TasksQuery): Promise<Page<TaskView>> {
    const { items, next } = await this.tasks.waiting(query);
    return { items: items.map((task) => viewTask(task, this.engine.tokens)), next };
  }

  @Post(':token/complete')
  @HttpCode(202)
  @ApiOperation({ summary: 'Complete a deferred step in place of its handler' })
  @ApiResponse({ status: 202, description: 'Durable.', standardSchema: accepted })
  async complete(
    @Param('token') token: string,
    @Body({ schema: completeBody }) body: CompleteBody,
    @Req() { actor }: FastifyRequest,
  ): Promise<{ status: ExecutionStatus }> {
    return { status: await this.tasks.complete(token, body, actor) };
  }

  @Post(':token/fail')
  @HttpCode(202)
  @ApiOperation({ summary: 'Fail a deferred step in place of its handler' })
  @ApiResponse({ status: 202, description: 'Durable.', standardSchema: accepted })
  async fail(
    @Param('token') token: string,
    @Body({ schema: failBody }) body: FailBody,
    @Req() { actor }: FastifyRequest,
  ): Promise<{ status: ExecutionStatus }> {
    return { status: await this.tasks.fail(token, body, actor) };
  }

  @Post(':token/heartbeat')
  @HttpCode(202)
  @ApiOperation({ summary: 'Say that somebody is at work on it; 409 when nobody waits for it any more' })
  @ApiResponse({ status: 202, standardSchema: accepted })
  async heartbeat(
    @Param('token') token: string,
    @Body({ schema: heartbeatBody }) body: HeartbeatBody,
  ): Promise<{ status: ExecutionStatus }> {
    return { status: await this.tasks.heartbeat(token, body) };
  }
}
