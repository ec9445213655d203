import {
  slotPokeSchema,
  subjects,
  type Actor,
  type CommandRecord,
  type OutboxMessage,
  type SlotClaim,
  type SlotGroup,
  type StartTransaction,
} from '@jetsaga/contracts';
import { concurrencyKeyOf, decideSlot, rankOf, type Plan, type SchemaProblem, type SlotDecision } from '@jetsaga/workflow';
import type { ChangeSet } from './change-set.ts';
import type { EngineContext } from './engine-context.ts';
import { SlotBook } from './slot-book.ts';
import type { StartOrder } from './start-order.ts';

export interface PlannedStart {
  readonly order: StartOrder;
  readonly plan: Plan;
  /** Null where the definition limits nothing. */
  readonly group: SlotGroup | null;
}

export type StartPermit = SlotDecision | { readonly kind: 'not_pending' };

const free: StartPermit = { kind: 'run' };

/** The group that a start belongs to, null for none; a problem when its key cannot be made. */
export function slotGroupOf(plan: Plan, order: StartOrder): SlotGroup | null | SchemaProblem {
  if (plan.concurrency === null || order.hold) return null;
  const key = order.queued?.key ?? concurrencyKeyOf(plan, order.input);
  return typeof key === 'string' ? { workflow: plan.key, key } : key;
}

/** Counts the slots that starts of one transaction want, and writes down who has one and who waits. */
export class StartSlots {
  private readonly book: SlotBook | null;
  private readonly context: EngineContext;
  private readonly changes: ChangeSet;

  private constructor(context: EngineContext, changes: ChangeSet, book: SlotBook | null) {
    this.context = context;
    this.changes = changes;
    this.book = book;
  }

  /** Locks the groups of these starts; where there are none, it asks nothing of the store. */
  static async lock(
    context: EngineContext,
    transaction: StartTransaction,
    planned: readonly PlannedStart[],
    changes: ChangeSet,
  ): Promise<StartSlots> {
    const limited = planned.filter(({ group }) => group !== null);
    if (limited.length === 0) return new StartSlots(context, changes, null);
    const groups = new Map(limited.map(({ group }) => [JSON.stringify(group), group as SlotGroup]));
    const pending = limited.flatMap(({ order }) => order.pendingId ?? []);
    const locked = await transaction.lockSlots([...groups.values()], pending);
    return new StartSlots(context, changes, new SlotBook(locked.groups, locked.claims));
  }

  permit({ order, plan, group }: PlannedStart): StartPermit {
    const { book } = this;
    if (!book || !group || !plan.concurrency) return free;
    const claim = order.pendingId === undefined ? undefined : book.claimOf(order.pendingId);
    if (order.queued) {
      return claim === 'waiting' && book.state(group).held < plan.concurrency.limit ? free : { kind: 'not_pending' };
    }
    return claim === undefined ? decideSlot(plan.concurrency, book.state(group)) : { kind: 'not_pending' };
  }

  /** The execution has started, and has not ended at once. */
  hold(start: PlannedStart, executionId: string, at: number): void {
    if (!this.book || !start.group) return;
    this.book.decided(start.group, executionId, { kind: 'run' });
    this.changes.slotClaim(this.claim(start, start.group, executionId, 'held', at));
  }

  /** The execution waits, maybe in the place of others, which are cancelled. */
  wait(start: PlannedStart, executionId: string, replaced: readonly string[], by: Actor, at: number): void {
    if (!this.book || !start.group) return;
    this.book.decided(start.group, executionId, { kind: 'queue', replaced });
    this.changes.slotClaim(this.claim(start, start.group, executionId, 'waiting', at));
    this.changes.message(poke('admit', `admit:${executionId}`, slotPokeSchema.parse({ v: 1, ...start.group })));
    for (const id of replaced) this.replace(id, executionId, by, at);
  }

  private replace(id: string, executionId: string, by: Actor, at: number): void {
    const command: CommandRecord = {
      id: this.context.random.uuid(),
      executionId: id,
      body: { kind: 'cancel', reason: `replaced by execution ${executionId}`, compensate: true },
      by,
      at,
    };
    this.changes.slotTaken(command);
    this.changes.message(poke('cancel', `command:${command.id}`, { v: 1, executionId: id }));
  }

  private claim(
    { plan, order }: PlannedStart,
    group: SlotGroup,
    executionId: string,
    state: SlotClaim['state'],
    at: number,
  ): SlotClaim {
    const rank = rankOf(order.priority ?? plan.priority, at);
    return { ...group, executionId, state, limit: plan.concurrency?.limit ?? 0, rank, at };
  }
}

function poke(kind: string, id: string, body: OutboxMessage['body']): OutboxMessage {
  return { subject: subjects.sagaCommand(kind), id, body };
}
