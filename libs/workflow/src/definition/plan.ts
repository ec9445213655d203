import type { EventInterest, HandlerFacts, Json, Priority, RetryPolicy } from '@jetsaga/contracts';
import type { Expression, Template } from '../expression/expression.ts';

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
  | { readonly kind: 'send_signal'; readonly config: Template }
  /** `config` holds all but the filter, which sees the CloudEvent as `event`. */
  | {
      readonly kind: 'wait_for_event';
      readonly filter: Expression | null;
      readonly config: Template;
      readonly interest: EventInterest;
    }
  /** `config` holds all but the condition, which sees the payload as `signal`. */
  | { readonly kind: 'wait_for_signal'; readonly condition: Expression | null; readonly config: Template };

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
  readonly compensate: { readonly handler: string; readonly queue: string; readonly config: Template } | null;
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
  readonly triggers: readonly PlanTrigger[];
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
