import { Body, Controller, HttpCode, Inject, Param, Post, Req } from '@nestjs/common';
import { limits, signalNameSchema, type ExecutionStatus, type Json } from '@jetsaga/contracts';
import type { StartingEngine } from '@jetsaga/engine';
import { ApiBody, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { executionIdOf } from '../http/ids.ts';
import { notFound, Problem } from '../http/problem.ts';
import { ENGINE } from '../resources.ts';
import { ExecutionReads } from './execution-reads.ts';

@ApiTags('executions')
@Controller('v1/executions')
export class SignalsController {
  private readonly reads: ExecutionReads;
  private readonly engine: StartingEngine;

  constructor(reads: ExecutionReads, @Inject(ENGINE) engine: StartingEngine) {
    this.reads = reads;
    this.engine = engine;
  }

  @Post(':id/signals/:name')
  @HttpCode(202)
  @ApiOperation({ summary: 'Send it a signal, with any JSON as payload: kept until a step takes it or the execution ends' })
  @ApiBody({ schema: {}, required: false })
  @ApiResponse({ status: 202, description: 'Durable.', standardSchema: z.object({ status: z.string() }) })
  async signal(
    @Param('id') id: string,
    @Param('name') name: string,
    @Body() body: Json | undefined,
    @Req() request: FastifyRequest,
  ): Promise<{ status: ExecutionStatus }> {
    if (!signalNameSchema.safeParse(name).success) {
      throw new Problem(422, 'INVALID_SIGNAL', 'the name of a signal has 1 to 200 characters');
    }
    const executionId = executionIdOf(id);
    const payload = body === undefined ? null : body;
    const given = await this.engine.commands.signal({ executionId, name, payload, by: request.actor });
    if (given === 'unknown') throw notFound(`execution ${id}`);
    if (given === 'full') {
      throw new Problem(409, 'TOO_MANY_SIGNALS', `the execution keeps ${limits.keptSignals} signals that no step has taken yet`);
    }
    const { status } = await this.reads.get(executionId);
    if (given === 'wrong_state')
      throw new Problem(409, 'WRONG_STATE', `the execution is ${status}: it takes no signals any more`);
    return { status };
  }
}
