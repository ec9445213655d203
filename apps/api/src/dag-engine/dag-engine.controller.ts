import { Body, Controller, Get, HttpCode, Param, Post, Req } from '@nestjs/common';
import type { Json } from '@jetsaga/contracts';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiBody, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { executionStatuses, stepStatuses } from '@jetsaga/contracts';
import { anyJson } from '../http/any-json.ts';
import { DagEngine, type Results, type State, type Submitted, type Triggered } from './dag-engine.ts';

const submitted = z.object({ workflow_definition_id: z.string(), execution_id: z.string(), message: z.string() });
const triggered = z.object({ execution_id: z.string(), state: z.enum(executionStatuses), message: z.string() });
const state = z.object({
  id: z.string(),
  state: z.enum(executionStatuses),
  started_at: z.iso.datetime().nullable(),
  node_states: z.record(z.string(), z.enum(stepStatuses)),
});
const results = z.object({ execution_id: z.string(), state: z.enum(executionStatuses), results: anyJson });
const triggerBody = z
  .object({ input_params: anyJson.optional() })
  .nullish()
  .transform((body) => ({ input_params: body?.input_params ?? {} }));

/** The older DAG engine's endpoints, for clients that were written for it. */
@ApiTags('the older DAG engine')
@Controller('v1')
export class DagEngineController {
  private readonly engine: DagEngine;

  constructor(engine: DagEngine) {
    this.engine = engine;
  }

  @Post('workflow')
  @RouteConfig({ takesText: true })
  @HttpCode(201)
  @ApiOperation({ summary: 'Submit a definition; its execution is PENDING until it is triggered' })
  @ApiBody({ schema: { type: 'object' } })
  @ApiResponse({ status: 201, standardSchema: submitted })
  submit(@Body() source: string | undefined, @Req() request: FastifyRequest): Promise<Submitted> {
    return this.engine.submit(source ?? '', request.actor);
  }

  @Post('workflow/trigger/:executionId')
  @HttpCode(200)
  @ApiOperation({ summary: 'Start the PENDING execution; one that has ended is started anew, under a new id' })
  @ApiResponse({ status: 200, standardSchema: triggered })
  trigger(
    @Param('executionId') executionId: string,
    @Body({ schema: triggerBody }) body: { input_params: Json },
    @Req() request: FastifyRequest,
  ): Promise<Triggered> {
    return this.engine.trigger(executionId, body.input_params, request.actor);
  }

  @Get('workflows/:executionId')
  @ApiOperation({ summary: 'The state of an execution and of each of its nodes' })
  @ApiResponse({ status: 200, standardSchema: state })
  state(@Param('executionId') executionId: string): Promise<State> {
    return this.engine.state(executionId);
  }

  @Get('workflows/:executionId/results')
  @ApiOperation({ summary: 'The leaves’ outputs by id, a single one flattened; empty while it has not completed' })
  @ApiResponse({ status: 200, standardSchema: results })
  results(@Param('executionId') executionId: string): Promise<Results> {
    return this.engine.results(executionId);
  }
}
