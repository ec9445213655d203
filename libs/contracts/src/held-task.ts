import { z } from 'zod';

/** At most `limit` tasks of one bucket are sent in any `perMs`. */
export interface RateLimit {
  /** What shares the limit, over all executions. */
  readonly bucket: string;
  readonly limit: number;
  readonly perMs: number;
}

/** A task that is not sent yet: which attempt of which step. */
export interface HeldTaskRef {
  readonly executionId: string;
  readonly scope: string;
  readonly node: string;
  readonly attempt: number;
}

/** A QUEUED step whose task waits in Postgres until its rate limit lets it be sent. Gone when the step has moved on. */
export interface HeldTask extends HeldTaskRef {
  readonly queue: string;
  readonly rate: RateLimit;
  /** Order in which they are sent, lowest first. */
  readonly rank: number;
}

/** What a rate limit lets go at a time. */
export interface ReleasedTasks {
  readonly tasks: readonly HeldTaskRef[];
  /** When the bucket lets the next one go; null when none waits. */
  readonly nextAt: number | null;
}

/** The poke on `saga.command.release`: tasks are held by this bucket. That is in Postgres; the poke only makes it quick. */
export const releasePokeSchema = z.object({ v: z.literal(1), bucket: z.string() });
