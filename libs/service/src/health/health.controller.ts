import { Controller, Get, Header, Inject, ServiceUnavailableException } from '@nestjs/common';
import type { Metrics } from '@jetsaga/telemetry';
import { METRICS } from '../nest/service-tokens.ts';
import { HealthChecks, type HealthReport } from './health-checks.ts';

/** `live`: the process runs. `ready`: it reaches what it needs; 503 when it does not. */
@Controller()
export class HealthController {
  constructor(
    private readonly checks: HealthChecks,
    @Inject(METRICS) private readonly metrics: Metrics,
  ) {}

  @Get('health/live')
  live(): { status: 'ok' } {
    return { status: 'ok' };
  }

  @Get('health/ready')
  async ready(): Promise<HealthReport> {
    const report = await this.checks.report();
    if (report.status !== 'ok') throw new ServiceUnavailableException(report);
    return report;
  }

  @Get('metrics')
  @Header('content-type', 'text/plain; version=0.0.4; charset=utf-8')
  async read(): Promise<string> {
    return (await this.metrics.render()).body;
  }
}
