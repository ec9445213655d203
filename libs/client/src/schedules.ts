import { level, type Server } from './server.ts';
import type { BackfilledRun, Page, Schedule } from './shapes.ts';

/** What definitions start by the clock. */
export class Schedules {
  private readonly server: Server;

  constructor(server: Server) {
    this.server = server;
  }

  list(query: { workflow?: string; cursor?: string; limit?: number } = {}): Promise<Page<Schedule>> {
    return this.server.json('GET', '/v1/schedules', { query });
  }

  pause(id: string): Promise<Schedule> {
    return this.server.json('POST', `/v1/schedules/${level(id)}/pause`);
  }

  /** Goes on with the next due time; what came due meanwhile is not made up for. */
  resume(id: string): Promise<Schedule> {
    return this.server.json('POST', `/v1/schedules/${level(id)}/resume`);
  }

  /** Starts a run now; durable when it resolves. */
  trigger(id: string): Promise<{ readonly executionId: string }> {
    return this.server.json('POST', `/v1/schedules/${level(id)}/trigger`);
  }

  /** Starts what was due in that time and has not run. Times are ISO 8601 with an offset. */
  backfill(id: string, time: { from: string; to: string }): Promise<{ readonly runs: readonly BackfilledRun[] }> {
    return this.server.json('POST', `/v1/schedules/${level(id)}/backfill`, { json: time });
  }
}
