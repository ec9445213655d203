import type { Actor, CloudEvent, Json } from '@jetsaga/contracts';
import { ExpressionFailure, type Plan, type PlanWebhook } from '@jetsaga/workflow';
import type { EngineContext } from './engine-context.ts';
import { isClaimCheckProblem, matchTrigger, type EventIntake, type RejectedStart } from './event-intake.ts';
import { OpenedClaimCheckCache } from './opened-claim-checks.ts';
import { refusalOf } from './schedules/schedule-run.ts';
import type { Starts } from './starts.ts';

/** A webhook of the current version of an enabled definition. */
export interface WebhookListener {
  readonly plan: Plan;
  readonly webhook: PlanWebhook;
}

/** A request that was verified. */
export interface WebhookCall {
  readonly slug: string;
  readonly body: Json;
  /** By their names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly by: Actor;
  readonly traceparent: string | null;
}

export interface WebhookReceipt {
  readonly id: string;
  readonly executions: readonly string[];
  /** Executions that the same request started before. */
  readonly known: readonly string[];
  readonly rejected: readonly RejectedStart[];
}

type Answer = Pick<WebhookReceipt, 'executions' | 'known' | 'rejected'>;

const nothing: Answer = { executions: [], known: [], rejected: [] };

/** Starts what listens to a webhook. What it answers is durable. */
export class Webhooks {
  private readonly context: EngineContext;
  private readonly starts: Starts;
  private readonly events: EventIntake;
  private readonly opened: OpenedClaimCheckCache;

  constructor(context: EngineContext, starts: Starts, events: EventIntake) {
    this.context = context;
    this.starts = starts;
    this.events = events;
    this.opened = new OpenedClaimCheckCache(context.claimChecks);
  }

  async listeners(slug: string): Promise<WebhookListener[]> {
    const plans = await this.events.currentPlans();
    return plans.flatMap((plan) => plan.webhooks.flatMap((webhook) => (webhook.slug === slug ? [{ plan, webhook }] : [])));
  }

  /** Rejects only when the store is unavailable. */
  async accept(listeners: readonly WebhookListener[], call: WebhookCall): Promise<WebhookReceipt> {
    const id = this.context.random.uuid();
    const time = new Date(this.context.clock.now()).toISOString();
    const answers = await Promise.all(listeners.map((listener) => this.fire(listener, call, id, time)));
    return {
      id,
      executions: answers.flatMap(({ executions }) => executions),
      known: answers.flatMap(({ known }) => known),
      rejected: answers.flatMap(({ rejected }) => rejected),
    };
  }

  private async fire({ plan, webhook }: WebhookListener, call: WebhookCall, ownId: string, time: string): Promise<Answer> {
    const reject = (problems: RejectedStart['problems']) => ({ ...nothing, rejected: [{ workflow: plan.key, problems }] });
    const { slug, headers, traceparent } = call;
    const given = webhook.idempotencyHeader === null ? undefined : headers[webhook.idempotencyHeader];
    if (given !== undefined && (given.length === 0 || given.length > 500)) {
      return reject([{ pointer: '', message: `the header ${webhook.idempotencyHeader} has 1 to 500 characters` }]);
    }
    const event: CloudEvent = {
      specversion: '1.0',
      id: given ?? ownId,
      source: `/jetsaga/hooks/${slug}`,
      type: `webhook.${slug}`,
      time,
      data: call.body,
      headers,
    };
    try {
      const match = await this.opened.decide((opened) => matchTrigger(plan, webhook, event, opened));
      if (match === null) return nothing;
      if ('problems' in match) return reject(match.problems);
      const ofRequest = given === undefined ? undefined : ({ kind: 'event', value: `${event.source}#${given}` } as const);
      const outcome = await this.starts.start({
        workflow: plan.key,
        version: plan.version,
        input: match.input,
        by: call.by,
        key: match.key === null ? ofRequest : { kind: 'key', value: match.key },
        traceparent,
      });
      if (outcome.kind === 'started') return { ...nothing, executions: [outcome.executionId] };
      if (outcome.kind === 'known' || outcome.kind === 'conflict') return { ...nothing, known: [outcome.executionId] };
      if (outcome.kind === 'invalid') return reject(outcome.problems);
      return reject([{ pointer: '', message: refusalOf(outcome) ?? '' }]);
    } catch (error) {
      if (error instanceof ExpressionFailure) return reject([{ pointer: '', message: error.message }]);
      if (isClaimCheckProblem(error)) return reject([{ pointer: '/data', message: error.message }]);
      throw error;
    }
  }
}
