import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from '@jetsaga/telemetry';

/** Not there yet, starting, or shutting down to start again. Anything else is for a person to mend. */
const passing = ['ECONNREFUSED', 'ECONNRESET', 'ENOENT', 'EAI_AGAIN', 'ENOTFOUND', '57P03', '57P01'];
const longestPauseMs = 2_000;

/** Opens what needs Postgres; while Postgres is not there yet, tries again. */
export async function whenPostgresAnswers<T>(open: () => Promise<T>, log: Logger): Promise<T> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await open();
    } catch (error) {
      if (!passing.includes(String((error as { code?: unknown }).code))) throw error;
      if (attempt === 0) log.warn({ err: error }, 'Postgres: not reachable yet, waiting for it');
      await pause(Math.min(100 * 2 ** attempt, longestPauseMs));
    }
  }
}
