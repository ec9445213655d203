import type { EventInterest, HandlerFacts, Json, Priority, RetryPolicy } from '@jetsaga/contracts';
import type { Expression, Template } from '../expression/expression.ts';
import type { CatchUpPolicy, OverlapPolicy } from './trigger-documents.ts';

/** Handlers that the coordinator decides by itself, without a message. */
export const controlHandlers = [
  'input',
  'output',
  'router',
  'evaluate_condition',
  'aggregate',
  'delay',
  'emit_event',
  'fail',
  'group',
  'map',
  'sub_workflow',
  'wait_for_signal',
  'send_signal',
  'wait_for_event',
] as const;
export type ControlHandler = (typeof controlHandlers)[number];

/** `success`, `failure` and `always`, or the branches that match. */
export type EdgeCondition =
  | { readonly kind: 'success' }
  | { readonly kind: 'failure' }
  | { readonly kind: 'always' }
  | { readonly kind: 'branches'; readonly branches: readonly string[] };

/** Control nodes with a DAG of their own. */
export type ScopeHandler = Extract<ControlHandler, 'group' | 'map'>;

export interface PlanEdge {
  readonly from: string;
  readonly to: string;
  readonly on: EdgeCondition;
}

export type Join = 'all' | 'strict' | 'any' | 'settled';

export type ConditionOperator =
  | 'equals'
  | 'not_equals'
  | 'greater_than'
  | 'less_than'
  | 'contains'
  | 'in'
  | 'is_null'
  | 'is_not_null'
  | 'changed_from'
  | 'changed_to';

/** What failures in a scope, or of a map's items, mean for it; see docs/workflows.md. */
export type ScopeStrategy = 'fail_fast' | 'wait_all' | 'best_effort' | 'race';

/** What a node does: a task for a worker, or one of the control nodes with its parts compiled. */
export type PlanAction =
  | { readonly kind: 'task'; readonly queue: string; readonly config: Template }
  | { readonly kind: 'input' }
  | { readonly kind: 'output'; readonly config: Template | null }
  | {
      readonly kind: 'router';
      readonly route: Expression | null;
      readonly routes: readonly { readonly when: Expression; readonly to: string }[];
      readonly fallback: string | null;
    }
  | {
      readonly kind: 'evaluate_condition';
      readonly logic: 'and' | 'or';
      readonly conditions: readonly {
        readonly field: Expression;
        readonly operator: ConditionOperator;
        readonly value: Template;
        readonly previousValue: Template | null;
      }[];
    }
  | { readonly kind: 'aggregate'; readonly config: Template }
  | { readonly kind: 'delay'; readonly mode: 'for' | 'until'; readonly config: Template }
  | { readonly kind: 'emit_event'; readonly config: Template }
  | { readonly kind: 'fail'; readonly config: Template }
  | { readonly kind: 'sub_workflow'; readonly config: Template }
  | { readonly kind: 'send_signal'; readonly config: Template }
  /** `config` holds all but the filter, which sees the CloudEvent as `event`. */
  | {
      readonly kind: 'wait_for_event';
      readonly filter: Expression | null;
      readonly config: Template;
      readonly interest: EventInterest;
    }
  /** `config` holds all but the condition, which sees the payload as `signal`. */
  | { readonly kind: 'wait_for_signal'; readonly condition: Expression | null; readonly config: Template }
  | GroupAction
  | MapAction;

/** A nested DAG. */
export interface GroupAction {
  readonly kind: 'group';
  readonly scope: PlanScope;
  readonly strategy: ScopeStrategy;
  /** Steps under way at a time; null: any number. */
  readonly maxConcurrency: number | null;
}

/** A nested DAG for each item of a list or an object. */
export interface MapAction {
  readonly kind: 'map';
  readonly scope: PlanScope;
  readonly strategy: ScopeStrategy;
  /** Items under way at a time. */
  readonly maxConcurrency: number;
  readonly items: Template;
  readonly filter: Expression | null;
  readonly itemName: string;
  readonly indexName: string;
}

export interface PlanNode {
  readonly id: string;
  readonly handler: string;
  readonly action: PlanAction;
  readonly incoming: readonly PlanEdge[];
  readonly outgoing: readonly PlanEdge[];
  readonly join: Join;
  readonly when: Expression | null;
  readonly output: Template | null;
  readonly retry: RetryPolicy;
  readonly timeoutMs: number;
  readonly queueTimeoutMs: number | null;
  readonly deadlineMs: number | null;
  readonly onError: 'fail' | 'continue';
  /** `queue` is null where the coordinator decides the undo by itself (`emit_event`). */
  readonly compensate: { readonly handler: string; readonly queue: string | null; readonly config: Template } | null;
}

/** A DAG: the root, or the body of a `group` or `map`. */
export interface PlanScope {
  /** In topological order. */
  readonly nodes: ReadonlyMap<string, PlanNode>;
  readonly roots: readonly string[];
  /** The nodes nobody depends on. */
  readonly leaves: readonly string[];
}

export interface PlanTrigger {
  /** Subject pattern after `events.`; `*` and `>` as in NATS. */
  readonly event: string;
  readonly filter: Expression | null;
  /** Problems of the event's data against the trigger's schema; empty: it fits. */
  readonly check: (data: Json) => readonly SchemaProblem[];
  /** Null: the event's data is the input. */
  readonly input: Template | null;
}

/** Starts an execution whenever its cron pattern is due. */
export interface PlanSchedule {
  /** `<key>.<hash>`: the same over versions for as long as pattern and time zone are. */
  readonly id: string;
  readonly pattern: string;
  /** IANA name. */
  readonly timezone: string;
  readonly jitterMs: number;
  readonly overlap: OverlapPolicy;
  readonly catchUp: CatchUpPolicy;
  /** Epoch milliseconds: due from then on, and up to then. */
  readonly startAt: number | null;
  readonly endAt: number | null;
  /** Null: the input is `{}`. */
  readonly input: Template | null;
}

/** How a webhook's requests are told from forged ones. `access`: by an API key, as every other request. */
export type PlanVerification =
  | { readonly type: 'access' }
  | { readonly type: 'none' }
  | { readonly type: 'hmac'; readonly secret: string; readonly header: string }
  | { readonly type: 'github'; readonly secret: string }
  | { readonly type: 'stripe'; readonly secret: string; readonly replayWindowMs: number };

/** Answers requests to `/v1/hooks/<slug>` as a trigger answers events. */
export interface PlanWebhook extends Omit<PlanTrigger, 'event'> {
  readonly slug: string;
  readonly verify: PlanVerification;
  /** In lower case. */
  readonly idempotencyHeader: string | null;
}

export interface SchemaProblem {
  readonly pointer: string;
  readonly message: string;
}

/** What the steps of a definition, those of inner scopes included, may wait for from outside. */
export interface PlanWaits {
  readonly signals: boolean;
  readonly events: readonly EventInterest[];
}

/** A definition version, compiled once: everything a transition needs to know of it. */
export interface Plan {
  readonly key: string;
  readonly name: string;
  readonly version: number;
  readonly root: PlanScope;
  readonly checkInput: (input: Json) => readonly SchemaProblem[];
  readonly output: Template | null;
  /** The single `output` node of the root, if there is one. */
  readonly outputNode: string | null;
  /** By events; those by changes of entities among them. */
  readonly triggers: readonly PlanTrigger[];
  readonly schedules: readonly PlanSchedule[];
  readonly webhooks: readonly PlanWebhook[];
  readonly timeoutMs: number | null;
  readonly onFailure: 'compensate' | 'leave';
  readonly lifecycle: 'all' | 'executions';
  readonly priority: Priority;
  readonly idempotencyKey: Template | null;
  readonly labels: Readonly<Record<string, string>>;
  readonly retentionMs: number;
  readonly waits: PlanWaits;
}

/** Handlers known when a definition is compiled, by name and alias. `available: false`: its workers are away just now. */
export type HandlerCatalog = ReadonlyMap<string, HandlerFacts & { readonly configSchema?: Json; readonly available?: boolean }>;
