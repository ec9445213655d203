import {
  limits,
  subjects,
  type Actor,
  type ClaimCheck,
  type CloudEvent,
  type Json,
  type StoredDefinition,
} from '@jetsaga/contracts';
import {
  compilePlan,
  ExpressionFailure,
  matchesEventPattern,
  type OpenedClaimChecks,
  type Plan,
  type PlanTrigger,
  type SchemaProblem,
} from '@jetsaga/workflow';
import type { EngineContext } from './engine-context.ts';
import { OpenedClaimCheckCache } from './opened-claim-checks.ts';
import { startKeyOf } from './start-key.ts';
import { isTransient } from './store-errors.ts';
import type { StartOutcome } from './start-order.ts';
import type { Starts } from './starts.ts';

export interface RejectedStart {
  readonly workflow: string;
  readonly problems: readonly SchemaProblem[];
}

export interface EventReceipt {
  readonly id: string;
  /** Executions that the event started, now or at an earlier delivery. */
  readonly executions: readonly string[];
  readonly rejected: readonly RejectedStart[];
}

const rememberedEvents = 10_000;

function identityOf(event: CloudEvent): string {
  return `${event.source}#${event.id}`;
}

/**
 * Matches events with the triggers of all enabled definitions and starts what they ask for. A workflow is started once
 * per (source, id) of an event, however often the event comes.
 */
export class EventIntake {
  private stamp = '';
  private plans: readonly Plan[] = [];
  private refreshing: Promise<void> | null = null;
  private readonly recent = new Set<string>();
  private readonly opened: OpenedClaimCheckCache;
  private readonly context: EngineContext;
  private readonly starts: Starts;

  constructor(context: EngineContext, starts: Starts) {
    this.opened = new OpenedClaimCheckCache(context.claimChecks);
    this.context = context;
    this.starts = starts;
  }

  /**
   * Takes an event that nobody else keeps: its executions are started, and it is on its way to the stream for certain, when this
   * resolves. Given again with the same id it starts nothing twice.
   */
  async publish(event: CloudEvent, by: Actor): Promise<EventReceipt> {
    const receipt = await this.accept(event, by);
    await this.starts.storeMessages([
      {
        subject: subjects.event(event.type),
        id: `event:${event.source}#${event.id}`,
        body: event as Json,
        ...(event.traceparent === undefined ? {} : { headers: { traceparent: event.traceparent } }),
      },
    ]);
    return receipt;
  }

  /** Accepts an event unless this process has just done so. */
  async acceptOnce(event: CloudEvent, by: Actor): Promise<void> {
    if (!this.recent.has(identityOf(event))) await this.accept(event, by);
  }

  /** Starts what listens to the event. Rejected starts are in the receipt. */
  async accept(event: CloudEvent, by: Actor): Promise<EventReceipt> {
    await this.refresh();
    const receipts = await Promise.all(
      this.plans.flatMap((plan) =>
        plan.triggers
          .filter((trigger) => matchesEventPattern(trigger.event, event.type))
          .map((trigger) => this.fire(plan, trigger, event, by)),
      ),
    );
    this.remember(event);
    return {
      id: event.id,
      executions: [...new Set(receipts.flatMap((receipt) => receipt.executions))],
      rejected: receipts.flatMap((receipt) => receipt.rejected),
    };
  }

  private remember(event: CloudEvent): void {
    this.recent.add(identityOf(event));
    if (this.recent.size <= rememberedEvents) return;
    const oldest = this.recent.values().next();
    if (!oldest.done) this.recent.delete(oldest.value);
  }

  private async fire(
    plan: Plan,
    trigger: PlanTrigger,
    event: CloudEvent,
    by: Actor,
  ): Promise<{ executions: string[]; rejected: RejectedStart[] }> {
    const nothing = { executions: [], rejected: [] };
    const reject = (problems: readonly SchemaProblem[]) => ({ executions: [], rejected: [{ workflow: plan.key, problems }] });
    try {
      const match = await this.opened.decide((opened) => matchTrigger(plan, trigger, event, opened));
      if (match === null) return nothing;
      if ('problems' in match) return reject(match.problems);
      const outcome = await this.starts.start({
        workflow: plan.key,
        version: plan.version,
        input: match.input,
        by,
        key: match.key === null ? { kind: 'event', value: identityOf(event) } : { kind: 'key', value: match.key },
        depth: event.jetsagadepth ?? 0,
        traceparent: event.traceparent ?? null,
      });
      return this.receiptOf(plan, outcome);
    } catch (error) {
      if (error instanceof ExpressionFailure) return reject([{ pointer: '', message: error.message }]);
      if (isClaimCheckProblem(error)) return reject([{ pointer: '/data', message: error.message }]);
      throw error;
    }
  }

  private receiptOf(plan: Plan, outcome: StartOutcome): { executions: string[]; rejected: RejectedStart[] } {
    switch (outcome.kind) {
      case 'started':
      case 'known':
      case 'conflict':
        return { executions: [outcome.executionId], rejected: [] };
      case 'invalid':
        return { executions: [], rejected: [{ workflow: plan.key, problems: outcome.problems }] };
      case 'failed':
        return {
          executions: [],
          rejected: [{ workflow: plan.key, problems: [{ pointer: '', message: outcome.error.message }] }],
        };
      case 'no_slot': {
        const message = `CONCURRENCY_LIMIT: ${outcome.limit} executions run already${outcome.key === '' ? '' : ` with the key ${outcome.key}`}`;
        return { executions: [], rejected: [{ workflow: plan.key, problems: [{ pointer: '', message }] }] };
      }
      case 'disabled':
      case 'unknown_workflow':
      case 'unknown_version':
      case 'not_pending':
        return { executions: [], rejected: [] };
    }
  }

  /** One small query a batch of events, so that a definition just applied starts with the next event. */
  private refresh(): Promise<void> {
    this.refreshing ??= this.load().finally(() => (this.refreshing = null));
    return this.refreshing;
  }

  private async load(): Promise<void> {
    const stamp = await this.context.store.triggerStamp();
    if (stamp === this.stamp) return;
    const stored = await this.context.store.triggered();
    this.plans = stored.flatMap((definition) => this.compiled(definition));
    this.stamp = stamp;
  }

  private compiled(definition: StoredDefinition): Plan[] {
    try {
      return [
        compilePlan({ document: definition.document, key: definition.key, version: definition.version }, definition.handlers),
      ];
    } catch (error) {
      this.context.observer.failed(`definition ${definition.key} version ${definition.version}`, error);
      return [];
    }
  }
}

type TriggerMatch = { readonly input: Json; readonly key: string | null } | { readonly problems: readonly SchemaProblem[] };

/** What the trigger makes of the event; null when its filter leaves it out. */
function matchTrigger(plan: Plan, trigger: PlanTrigger, event: CloudEvent, opened: OpenedClaimChecks): TriggerMatch | null {
  const bound = event as Json;
  const bindings = {
    input: null,
    node: () => undefined,
    locals: { event: bound },
    opened: (reference: ClaimCheck) => opened.get(reference.$ref),
  };
  if (trigger.filter && trigger.filter.evaluate(bindings) !== true) return null;
  const depth = event.jetsagadepth ?? 0;
  if (depth > limits.eventChainDepth) {
    const message = `EVENT_CHAIN_TOO_DEEP: ${depth} workflows have started each other through events; ${limits.eventChainDepth} is the limit`;
    return { problems: [{ pointer: '', message }] };
  }
  const problems = trigger.check(event.data ?? null);
  if (problems.length > 0) return { problems };
  const input = trigger.input ? trigger.input.evaluate(bindings) : (event.data ?? null);
  const key = plan.idempotencyKey ? startKeyOf(plan, input, bound) : null;
  return key === null || typeof key === 'string' ? { input, key } : { problems: [key] };
}

/** The payload behind a claim check is gone, too large or damaged: it will be so next time. */
function isClaimCheckProblem(error: unknown): error is Error {
  return error instanceof Error && error.name === 'StorageError' && !isTransient(error);
}
