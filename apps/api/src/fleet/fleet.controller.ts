import { Controller, Get } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { anyJson } from '../http/any-json.ts';
import { pageOf, type Page } from '../http/page.ts';
import { Fleet, type HandlerView, type QueueView, type WorkerView } from './fleet.ts';

const handlerView = z.object({
  name: z.string(),
  aliases: z.array(z.string()),
  queue: z.string(),
  description: z.string(),
  configSchema: anyJson,
  outputSchema: anyJson.optional(),
  branches: z.array(z.string()),
  timeoutMs: z.number().optional(),
  retry: anyJson.optional(),
  example: anyJson.optional(),
  available: z.boolean().describe('Whether a worker that offers it is alive.'),
  lastSeenAt: z.iso.datetime(),
});
const workerView = z.object({
  name: z.string(),
  service: z.string(),
  queues: z.array(z.string()),
  handlers: z.array(z.string()),
  concurrency: z.number(),
  running: z.number(),
  firstSeenAt: z.iso.datetime(),
  lastSeenAt: z.iso.datetime(),
});
const queueView = z.object({
  name: z.string(),
  depth: z.number().nullable().describe('Tasks in JetStream that nobody has taken; null while that cannot be told.'),
  backlog: z.number().describe('Tasks in Postgres: beyond the window in JetStream, or held by a rate limit.'),
  oldestAgeMs: z.number().nullable().describe('How long the oldest task has waited; null when none has waited for some seconds.'),
  running: z.number().nullable().describe('Tasks taken and not settled.'),
  workers: z.number(),
  concurrency: z.number().describe('Of all its workers together.'),
});

@ApiTags('handlers, workers, queues')
@Controller('v1')
export class FleetController {
  private readonly fleet: Fleet;

  constructor(fleet: Fleet) {
    this.fleet = fleet;
  }

  @Get('handlers')
  @ApiOperation({ summary: 'What can run: every handler that a worker ever announced' })
  @ApiResponse({ status: 200, standardSchema: pageOf(handlerView) })
  async handlers(): Promise<Page<HandlerView>> {
    return { items: await this.fleet.handlers(), next: null };
  }

  @Get('workers')
  @ApiOperation({ summary: 'Who runs it: workers that are alive' })
  @ApiResponse({ status: 200, standardSchema: pageOf(workerView) })
  async workers(): Promise<Page<WorkerView>> {
    return { items: await this.fleet.workers(), next: null };
  }

  @Get('queues')
  @ApiOperation({ summary: 'How deep the queues are' })
  @ApiResponse({ status: 200, standardSchema: pageOf(queueView) })
  async queues(): Promise<Page<QueueView>> {
    return { items: await this.fleet.queues(), next: null };
  }
}
