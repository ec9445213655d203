import { z } from 'zod';

/** Somebody else than a coordinator has set a timer; not certain: it is found within a second anyway. */
export const timerSetNoticeSchema = z.object({ v: z.literal(1), dueAt: z.number() });

/** What each coordinator tells the others, about twice a second and when it leaves. */
export const coordinatorPresenceSchema = z.object({
  v: z.literal(1),
  coordinator: z.string(),
  /** Milliseconds since the epoch when it started: the order in which coordinators take results. */
  since: z.number(),
  /** What arrives no longer fits into its transactions: the next one in the order is to help. */
  saturated: z.boolean(),
  leaving: z.boolean(),
});
export type CoordinatorPresence = z.output<typeof coordinatorPresenceSchema>;
