import { Controller, Get, Header, Inject, Res } from '@nestjs/common';
import { ApiExcludeEndpoint, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { HealthReport } from '@jetsaga/service';
import type { Metrics } from '@jetsaga/telemetry';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { METRICS } from '../resources.ts';
import { PlatformChecks, type PlatformHealth } from './platform-checks.ts';

const partView = z.object({
  status: z.enum(['ok', 'down']),
  latencyMs: z.number(),
  active: z.number().int().optional(),
  reason: z.string().optional(),
});
const healthView = z.object({
  status: z.enum(['ok', 'down']),
  parts: z.object({ postgres: partView, nats: partView, coordinator: partView, workers: partView }),
});

@ApiTags('health')
@Controller()
export class HealthController {
  private readonly checks: PlatformChecks;
  private readonly metrics: Metrics;

  constructor(checks: PlatformChecks, @Inject(METRICS) metrics: Metrics) {
    this.checks = checks;
    this.metrics = metrics;
  }

  @Get('health/live')
  @ApiOperation({ summary: 'Whether this process runs' })
  live(): { status: 'ok' } {
    return { status: 'ok' };
  }

  @Get('health/ready')
  @ApiOperation({ summary: 'Whether this process can do its work; 503 when not' })
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<HealthReport> {
    const health = await this.checks.ready();
    reply.status(health.status === 'ok' ? 200 : 503);
    return health;
  }

  @Get('v1/health')
  @ApiOperation({ summary: 'How every part of the platform is; 503 when one is down' })
  @ApiResponse({ status: 200, standardSchema: healthView })
  @ApiResponse({ status: 503, standardSchema: healthView })
  async health(@Res({ passthrough: true }) reply: FastifyReply): Promise<PlatformHealth> {
    const health = await this.checks.all();
    reply.status(health.status === 'ok' ? 200 : 503);
    return health;
  }

  @Get('metrics')
  @ApiExcludeEndpoint()
  @Header('content-type', 'text/plain; version=0.0.4; charset=utf-8')
  async prometheus(): Promise<string> {
    return (await this.metrics.render()).body;
  }
}
