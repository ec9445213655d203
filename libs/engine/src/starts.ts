import { createHash } from 'node:crypto';
import {
  isTerminalExecution,
  releasePokeSchema,
  StartKeyTaken,
  subjects,
  type ExecutionRecord,
  type Json,
  type OutboxMessage,
  type StartKey,
  type StartTransaction,
} from '@jetsaga/contracts';
import { canonicalJson, queueExecution, slotInWords, startExecution, type Plan, type StartRequest } from '@jetsaga/workflow';
import { ChangeSet } from './change-set.ts';
import type { Dispatcher } from './dispatcher.ts';
import type { EngineContext } from './engine-context.ts';
import { GroupCommit } from './group-commit.ts';
import { OpenedClaimCheckCache } from './opened-claim-checks.ts';
import type { PlanCache } from './plan-cache.ts';
import type { QueueWindows } from './queue-windows.ts';
import { startKeyOf } from './start-key.ts';
import { slotGroupOf, StartSlots, type PlannedStart } from './start-slots.ts';
import type { StartOrder, StartOutcome } from './start-order.ts';
import { isTransient } from './store-errors.ts';
import type { TaskTokens } from './task-token.ts';

const batchLimit = 256;
const keyAttempts = 5;

interface OrderItem {
  readonly kind: 'order';
  readonly order: StartOrder;
  /** The input, or its claim check. */
  readonly storedInput: Json;
  readonly resolve: (outcome: StartOutcome) => void;
  readonly reject: (error: unknown) => void;
}

interface MessagesItem {
  readonly kind: 'messages';
  readonly messages: readonly OutboxMessage[];
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

type StartItem = OrderItem | MessagesItem;

interface PlannedItem extends PlannedStart {
  readonly item: OrderItem;
}

interface OrderKey {
  readonly kind: 'key' | 'event';
  readonly value: string;
}

/**
 * Starts executions, many per transaction: the start transition runs right here, the first tasks go out after the
 * commit, and no coordinator is needed for it. What it answers is durable.
 */
export class Starts {
  private readonly items: GroupCommit<StartItem>;
  private readonly opened: OpenedClaimCheckCache;
  private readonly parts: {
    readonly context: EngineContext;
    readonly plans: PlanCache;
    readonly dispatcher: Dispatcher;
    readonly tokens: TaskTokens;
    readonly windows: QueueWindows;
  };

  constructor(parts: Starts['parts']) {
    this.parts = parts;
    this.opened = new OpenedClaimCheckCache(parts.context.claimChecks);
    this.items = new GroupCommit({ batchLimit, process: (batch) => this.process(batch) });
  }

  /** Rejects only when the store is unavailable; whether something was started is then unknown, so use a key and try again. */
  async start(order: StartOrder): Promise<StartOutcome> {
    const storedInput = await this.parts.context.claimChecks.check(order.input);
    return new Promise((resolve, reject) => this.items.add({ kind: 'order', order, storedInput, resolve, reject }));
  }

  /** Stores messages for publishing; they are certain to be sent once it resolves. */
  storeMessages(messages: readonly OutboxMessage[]): Promise<void> {
    return new Promise((resolve, reject) => this.items.add({ kind: 'messages', messages, resolve, reject }));
  }

  async stop(): Promise<void> {
    await this.items.drained();
  }

  private async process(batch: StartItem[]): Promise<void> {
    const keys = new Map<StartItem, OrderKey>();
    for (const item of batch) if (item.kind === 'order' && item.order.key) keys.set(item, item.order.key);
    for (let attempt = 1; ; attempt += 1) {
      try {
        if ((await this.attempt(batch, keys)) === 'committed') return;
      } catch (error) {
        if (error instanceof StartKeyTaken && attempt < keyAttempts) continue;
        if (batch.length > 1 && !isTransient(error)) {
          for (const item of batch) await this.process([item]);
          return;
        }
        for (const item of batch) item.reject(error);
        return;
      }
    }
  }

  /** `again`: a definition turned out to make keys of its own, which have to be looked up as well. */
  private async attempt(batch: readonly StartItem[], keys: Map<StartItem, OrderKey>): Promise<'committed' | 'again'> {
    const { context, dispatcher, tokens, windows } = this.parts;
    const orders = batch.filter((item) => item.kind === 'order');
    const transaction = await context.store.beginStarts({
      workflows: [...new Set(orders.map((item) => item.order.workflow))],
      keys: orders.flatMap((item) => {
        const key = keys.get(item);
        return key ? [{ workflow: item.order.workflow, kind: key.kind, key: key.value }] : [];
      }),
      pending: orders.flatMap((item) => item.order.pendingId ?? []),
    });
    let open = true;
    try {
      const changes = new ChangeSet(tokens, context.clock.now(), windows);
      const startedHere = new Map<string, StartKey>();
      const outcomes = new Map<StartItem, StartOutcome>();
      const planned: PlannedItem[] = [];
      let again = false;
      for (const item of orders) {
        const plan = await this.planFor(item.order, transaction);
        if ('kind' in plan) {
          outcomes.set(item, plan);
          continue;
        }
        if (!keys.has(item) && plan.idempotencyKey && !item.order.pendingId && !item.order.hold) {
          const key = startKeyOf(plan, item.order.input);
          if (typeof key !== 'string') {
            outcomes.set(item, { kind: 'invalid', problems: [key] });
            continue;
          }
          keys.set(item, { kind: 'key', value: key });
          again = true;
        }
        const group = slotGroupOf(plan, item.order);
        if (group === null || 'key' in group) planned.push({ item, order: item.order, plan, group });
        else outcomes.set(item, { kind: 'invalid', problems: [group] });
      }
      if (again) {
        open = false;
        await transaction.rollback();
        return 'again';
      }
      const slots = await StartSlots.lock(context, transaction, planned, changes);
      for (const start of planned) {
        outcomes.set(start.item, await this.decide(start, keys.get(start.item), transaction, startedHere, slots, changes));
      }
      for (const item of batch) if (item.kind === 'messages') item.messages.forEach((message) => changes.message(message));
      open = false;
      if (changes.isEmpty) {
        await transaction.rollback();
      } else {
        const outboxId = context.random.uuid();
        for (const bucket of changes.heldBuckets) changes.message(releasePoke(bucket, outboxId));
        await changes.checkLargeTasks(context.claimChecks);
        await transaction.commit(changes.changes(outboxId, []));
        const aftermath = changes.aftermath(outboxId);
        dispatcher.follow(aftermath);
        for (const status of aftermath.ended) context.observer.ended(status);
      }
      for (const item of batch) {
        if (item.kind === 'messages') item.resolve();
        else item.resolve(outcomes.get(item) ?? { kind: 'unknown_workflow' });
      }
      context.observer.started([...outcomes.values()].filter((outcome) => outcome.kind === 'started').length);
      return 'committed';
    } catch (error) {
      if (open) await transaction.rollback();
      throw error;
    }
  }

  private async planFor(order: StartOrder, transaction: StartTransaction): Promise<Plan | StartOutcome> {
    const pending = order.pendingId === undefined ? undefined : transaction.pending.get(order.pendingId);
    if (order.pendingId !== undefined && !pending) return { kind: 'not_pending' };
    const head = transaction.heads.get(order.workflow);
    if (!head) return { kind: 'unknown_workflow' };
    // What waits was accepted before.
    if (head.disabled && !order.queued) return { kind: 'disabled' };
    const plan = await this.parts.plans.plan(order.workflow, pending?.version ?? order.version ?? head.currentVersion);
    return plan ?? { kind: 'unknown_version' };
  }

  private async decide(
    start: PlannedItem,
    key: OrderKey | undefined,
    transaction: StartTransaction,
    startedHere: Map<string, StartKey>,
    slots: StartSlots,
    changes: ChangeSet,
  ): Promise<StartOutcome> {
    const { context } = this.parts;
    const { item, order, plan } = start;
    const inputHash = key ? hashOf(order.input) : '';
    if (key) {
      const id = `${order.workflow} ${key.kind} ${key.value}`;
      const known = transaction.knownKeys.get(id) ?? startedHere.get(id);
      if (known) {
        const same = key.kind === 'event' || known.inputHash === inputHash;
        return { kind: same ? 'known' : 'conflict', executionId: known.executionId };
      }
    }
    const pending = order.pendingId === undefined ? undefined : transaction.pending.get(order.pendingId);
    const executionId = pending?.id ?? context.random.uuid();
    const at = context.clock.now();
    if (order.hold) {
      const held = heldExecution(item, plan, executionId, at);
      changes.add(plan, null, { execution: held, steps: new Map() }, []);
      return { kind: 'started', executionId, version: plan.version, execution: held };
    }
    const permit = slots.permit(start);
    if (permit.kind === 'not_pending') return permit;
    if (permit.kind === 'reject') return { kind: 'no_slot', limit: plan.concurrency?.limit ?? 0, key: start.group?.key ?? '' };
    const request = requestOf(item, plan, executionId, pending, at);
    const problems = order.queued ? [] : plan.checkInput(order.input);
    if (problems.length > 0) return { kind: 'invalid', problems };
    const decided =
      permit.kind === 'queue'
        ? queueExecution(request, at, slotInWords(plan.concurrency?.limit ?? 0, start.group?.key ?? ''))
        : await this.runStart(request, at);
    const { execution } = decided.state;
    if (permit.kind === 'queue') slots.wait(start, executionId, permit.replaced, order.by, at);
    else if (!isTerminalExecution(execution.status)) slots.hold(start, executionId, at);
    if (key) {
      const startKey: StartKey = { workflow: order.workflow, kind: key.kind, key: key.value, executionId, inputHash, at };
      startedHere.set(`${order.workflow} ${key.kind} ${key.value}`, startKey);
      changes.startKey(startKey);
    }
    changes.add(plan, pending ? { execution: pending, steps: new Map() } : null, decided.state, decided.effects);
    return { kind: 'started', executionId, version: plan.version, execution };
  }

  private runStart(request: StartRequest, at: number) {
    const moment = { at, entropy: this.parts.context.random.number() };
    return this.opened.decide((opened) => startExecution(request, moment, opened));
  }
}

/** What a queued execution was accepted with stays; of the older engine's, the trigger brings the input. */
function requestOf(
  { order, storedInput }: OrderItem,
  plan: Plan,
  executionId: string,
  pending: ExecutionRecord | undefined,
  at: number,
): StartRequest {
  const accepted = order.queued ? pending : undefined;
  return {
    plan,
    executionId,
    input: accepted ? accepted.input : storedInput,
    labels: accepted?.labels ?? { ...plan.labels, ...order.labels },
    priority: accepted?.priority ?? order.priority ?? plan.priority,
    by: accepted?.startedBy ?? order.by,
    parent: accepted?.parent ?? order.parent ?? null,
    depth: accepted?.depth ?? order.depth ?? 0,
    traceparent: accepted?.traceparent ?? order.traceparent ?? null,
    createdAt: pending?.createdAt ?? at,
    historySeq: pending?.historySeq ?? 0,
  };
}

/** Tells a coordinator that tasks are held. */
function releasePoke(bucket: string, id: string): OutboxMessage {
  const body = releasePokeSchema.parse({ v: 1, bucket });
  return { subject: subjects.sagaCommand('release'), id: `release:${id}:${bucket}`, body };
}

function hashOf(input: Json): string {
  return createHash('sha256').update(canonicalJson(input)).digest('hex');
}

function heldExecution(item: OrderItem, plan: Plan, id: string, at: number): ExecutionRecord {
  const { order, storedInput } = item;
  return {
    id,
    workflow: plan.key,
    version: plan.version,
    status: 'PENDING',
    input: storedInput,
    ending: null,
    labels: { ...plan.labels, ...order.labels },
    priority: order.priority ?? plan.priority,
    parent: null,
    depth: 0,
    startedBy: order.by,
    createdAt: at,
    startedAt: null,
    finishedAt: null,
    historySeq: 0,
    traceparent: order.traceparent ?? null,
  };
}
