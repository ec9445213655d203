import { Body, Controller, HttpCode, Param, Post, Req } from '@nestjs/common';
import type { ExecutionStatus } from '@jetsaga/contracts';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { traceparentOf } from '../http/traceparent.ts';
import { ExecutionCommands } from './execution-commands.ts';
import { ExecutionReads } from './execution-reads.ts';
import { ExecutionStarts } from './execution-starts.ts';
import {
  compensationRetryBody,
  compensationWaiveBody,
  pauseBody,
  rerunBody,
  retryBody,
  type CompensationRetryBody,
  type CompensationWaiveBody,
  type PauseBody,
  type RerunBody,
  type RetryBody,
} from './operating-bodies.ts';

const statusView = z.object({ status: z.string() });
/** A definition has fewer nodes than this. */
const wholeRoot = 10_000;

/** What operators do with executions that began. Commands are accepted durably, and acted upon soon after. */
@ApiTags('executions')
@Controller('v1/executions/:id')
export class OperatingController {
  private readonly commands: ExecutionCommands;
  private readonly reads: ExecutionReads;
  private readonly starts: ExecutionStarts;

  constructor(commands: ExecutionCommands, reads: ExecutionReads, starts: ExecutionStarts) {
    this.commands = commands;
    this.reads = reads;
    this.starts = starts;
  }

  @Post('pause')
  @HttpCode(202)
  @ApiOperation({ summary: 'Schedule nothing new; queued and running tasks finish, timers act later, the timeout goes on' })
  @ApiResponse({ status: 202, standardSchema: statusView })
  pause(
    @Param('id') id: string,
    @Body({ schema: pauseBody }) body: PauseBody,
    @Req() request: FastifyRequest,
  ): Promise<{ status: ExecutionStatus }> {
    return this.commands.give(id, { kind: 'pause', ...body }, request.actor);
  }

  @Post('resume')
  @HttpCode(202)
  @ApiOperation({ summary: 'Go on after a pause' })
  @ApiResponse({ status: 202, standardSchema: statusView })
  resume(@Param('id') id: string, @Req() request: FastifyRequest): Promise<{ status: ExecutionStatus }> {
    return this.commands.give(id, { kind: 'resume' }, request.actor);
  }

  @Post('retry')
  @HttpCode(202)
  @ApiOperation({ summary: 'Open failed, cancelled and undone steps of an ended execution again' })
  @ApiResponse({ status: 202, standardSchema: statusView })
  retry(
    @Param('id') id: string,
    @Body({ schema: retryBody }) { input }: RetryBody,
    @Req() request: FastifyRequest,
  ): Promise<{ status: ExecutionStatus }> {
    return this.commands.retry(id, input, request.actor);
  }

  @Post('rerun')
  @HttpCode(201)
  @ApiOperation({ summary: 'Start a new execution that reuses the outputs of completed steps not at or below `from`' })
  @ApiResponse({ status: 201, standardSchema: z.object({ executionId: z.string() }) })
  async rerun(
    @Param('id') id: string,
    @Body({ schema: rerunBody }) { from, version, input }: RerunBody,
    @Req() request: FastifyRequest,
  ): Promise<{ executionId: string }> {
    const execution = await this.reads.get(id);
    const { items } = await this.reads.steps(execution.id, { scope: '', status: ['COMPLETED'], limit: wholeRoot });
    const { body } = await this.starts.start({
      workflow: execution.workflow,
      version: version ?? execution.version,
      input: input ?? execution.input,
      inputKept: input === undefined,
      labels: execution.labels,
      priority: execution.priority,
      by: request.actor,
      traceparent: traceparentOf(request),
      beginning: { kind: 'rerun', from, of: execution.id, steps: items },
    });
    return { executionId: body.executionId };
  }

  @Post('compensations/retry')
  @HttpCode(202)
  @ApiOperation({ summary: 'Try an undo that failed again' })
  @ApiResponse({ status: 202, standardSchema: statusView })
  retryCompensation(
    @Param('id') id: string,
    @Body({ schema: compensationRetryBody }) body: CompensationRetryBody,
    @Req() request: FastifyRequest,
  ): Promise<{ status: ExecutionStatus }> {
    return this.commands.giveAboutUndo(id, { kind: 'retry_compensation', ...body }, request.actor);
  }

  @Post('compensations/waive')
  @HttpCode(202)
  @ApiOperation({ summary: 'Answer for an undo that failed: the execution ends without it' })
  @ApiResponse({ status: 202, standardSchema: statusView })
  waiveCompensation(
    @Param('id') id: string,
    @Body({ schema: compensationWaiveBody }) body: CompensationWaiveBody,
    @Req() request: FastifyRequest,
  ): Promise<{ status: ExecutionStatus }> {
    return this.commands.giveAboutUndo(id, { kind: 'waive_compensation', ...body }, request.actor);
  }
}
