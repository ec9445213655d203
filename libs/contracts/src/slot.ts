import { z } from 'zod';

/** Executions of a definition that share one limit of how many may run: those whose starts made the same key. */
export interface SlotGroup {
  readonly workflow: string;
  readonly key: string;
}

/** What an execution has of its group: a slot, or a place in the queue for one. Gone when the execution has ended. */
export interface SlotClaim extends SlotGroup {
  readonly executionId: string;
  readonly state: 'held' | 'waiting';
  /** How many of the group may run, as the execution's version says. */
  readonly limit: number;
  /** Order in the queue, lowest first. */
  readonly rank: number;
  /** Epoch milliseconds. */
  readonly at: number;
}

/** What a commit does to the slots. */
export interface SlotChanges {
  /** Inserted or replaced. */
  readonly claimed: readonly SlotClaim[];
  /** Executions that others take the place of: they are counted until they have ended, and nobody replaces them again. */
  readonly leaving: readonly string[];
  readonly released: readonly string[];
}

/** A group as a starting transaction sees it, locked until that ends. */
export interface LockedSlotGroup extends SlotGroup {
  readonly held: number;
  readonly hasWaiting: boolean;
  /** Those that hold or wait and are not leaving, oldest first; at most a thousand. */
  readonly staying: readonly string[];
}

/** The poke on `saga.command.admit`: somebody waits in this group. That is in Postgres; the poke only makes it quick. */
export const slotPokeSchema = z.object({ v: z.literal(1), workflow: z.string(), key: z.string() });
