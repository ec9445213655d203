import { createHash } from 'node:crypto';
import {
  isClaimCheck,
  StartKeyTaken,
  type ExecutionRecord,
  type Json,
  type OutboxMessage,
  type SignalRecord,
  type StartKey,
  type StartTransaction,
} from '@jetsaga/contracts';
import { beginningNode, canonicalJson, startExecution, type Plan, type Recipients } from '@jetsaga/workflow';
import { ChangeSet } from './change-set.ts';
import type { Dispatcher } from './dispatcher.ts';
import type { EngineContext } from './engine-context.ts';
import { GroupCommit } from './group-commit.ts';
import { OpenedClaimCheckCache } from './opened-claim-checks.ts';
import type { PlanCache } from './plan-cache.ts';
import { startKeyOf } from './start-key.ts';
import type { StartOrder, StartOutcome } from './start-order.ts';
import { isTransient } from './store-errors.ts';
import type { TaskTokens } from './task-token.ts';
import { withRecipients } from './with-recipients.ts';

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

/** An execution that was held back, what came for it meanwhile, and whom its signals are for. */
interface Known {
  readonly pending: ExecutionRecord | undefined;
  readonly signals: readonly SignalRecord[];
  readonly recipients: Recipients;
}

interface OrderKey {
  readonly kind: 'key' | 'event' | 'schedule' | 'child';
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
    /** Told of every timer that a commit sets. */
    readonly timerSet: (dueAt: number) => void;
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
    const { context, dispatcher, tokens, timerSet } = this.parts;
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
      const changes = new ChangeSet(tokens, context.clock.now(), () => context.random.uuid());
      const startedHere = new Map<string, StartKey>();
      const outcomes = new Map<StartItem, StartOutcome>();
      let again = false;
      for (const item of orders) {
        const plan = await this.planFor(item.order, transaction);
        if ('kind' in plan) {
          outcomes.set(item, plan);
          continue;
        }
        if (!keys.has(item) && plan.idempotencyKey && !item.order.pendingId && item.order.beginning?.kind !== 'rerun') {
          const key = startKeyOf(plan, item.order.input);
          if (typeof key !== 'string') {
            outcomes.set(item, { kind: 'invalid', problems: [key] });
            continue;
          }
          keys.set(item, { kind: 'key', value: key });
          again = true;
        }
        if (!again) outcomes.set(item, await this.decide(item, plan, keys.get(item), transaction, startedHere, changes));
      }
      if (again) {
        open = false;
        await transaction.rollback();
        return 'again';
      }
      for (const item of batch) if (item.kind === 'messages') item.messages.forEach((message) => changes.message(message));
      open = false;
      if (changes.isEmpty) {
        await transaction.rollback();
      } else {
        const outboxId = context.random.uuid();
        await changes.checkLargeValues(context.claimChecks);
        await transaction.commit(changes.changes(outboxId, []));
        const aftermath = changes.aftermath(outboxId);
        dispatcher.follow(aftermath);
        for (const status of aftermath.ended) context.observer.ended(status);
        if (aftermath.nextTimerAt !== null) timerSet(aftermath.nextTimerAt);
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
    if (head.disabled) return { kind: 'disabled' };
    const plan = await this.parts.plans.plan(order.workflow, pending?.version ?? order.version ?? head.currentVersion);
    if (!plan) return { kind: 'unknown_version' };
    const node = order.beginning && beginningNode(order.beginning);
    return node === undefined || plan.root.nodes.has(node) ? plan : { kind: 'unknown_node', node };
  }

  private async decide(
    item: OrderItem,
    plan: Plan,
    key: OrderKey | undefined,
    transaction: StartTransaction,
    startedHere: Map<string, StartKey>,
    changes: ChangeSet,
  ): Promise<StartOutcome> {
    const { context } = this.parts;
    const { order } = item;
    const inputHash = key ? hashOf(order.input) : '';
    if (key) {
      const id = `${order.workflow} ${key.kind} ${key.value}`;
      const known = transaction.knownKeys.get(id) ?? startedHere.get(id);
      if (known) {
        const same = key.kind !== 'key' || known.inputHash === inputHash;
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
    const signals = pending && plan.waits.signals ? await transaction.keptSignals([executionId]) : [];
    const decided = await withRecipients(transaction, (recipients) =>
      this.runStart(item, plan, executionId, { pending, signals, recipients }, at),
    );
    if ('problems' in decided) return { kind: 'invalid', problems: decided.problems };
    if (key) {
      const startKey: StartKey = { workflow: order.workflow, kind: key.kind, key: key.value, executionId, inputHash, at };
      startedHere.set(`${order.workflow} ${key.kind} ${key.value}`, startKey);
      changes.startKey(startKey);
    }
    changes.add(plan, pending ? { execution: pending, steps: new Map(), signals } : null, decided.state, decided.effects);
    return { kind: 'started', executionId, version: plan.version, execution: decided.state.execution };
  }

  private async runStart(item: OrderItem, plan: Plan, executionId: string, { pending, signals, recipients }: Known, at: number) {
    const { context } = this.parts;
    const { order, storedInput } = item;
    return this.opened.decide((opened) => {
      const isStored = order.inputKept === true && isClaimCheck(order.input);
      const problems = isStored ? [] : plan.checkInput(order.input);
      if (problems.length > 0) return { problems };
      return startExecution(
        {
          plan,
          executionId,
          input: storedInput,
          labels: { ...plan.labels, ...order.labels },
          priority: order.priority ?? plan.priority,
          by: order.by,
          parent: order.parent ?? null,
          depth: order.depth ?? 0,
          traceparent: order.traceparent ?? null,
          createdAt: pending?.createdAt ?? at,
          ...(order.beginning && { beginning: order.beginning }),
          signals,
        },
        { at, entropy: context.random.number(), recipients },
        opened,
      );
    });
  }
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
