import type { HandlerFacts, Json, Priority, RetryPolicy } from '@jetsaga/contracts';
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
  | { readonly kind: 'fail'; readonly config: Template };

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
  readonly rateLimit: PlanRateLimit | null;
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

/** How many tasks with one key may be sent in a time. */
export interface PlanRateLimit {
  /** Null: the node has the limit for itself. */
  readonly key: Template | null;
  readonly limit: number;
  readonly perMs: number;
}

/** How many executions with one key may run at a time, and what becomes of a start beyond that. */
export interface PlanConcurrency {
  /** Null: one key for all executions of the definition. */
  readonly key: Template | null;
  readonly limit: number;
  readonly onConflict: 'queue' | 'reject' | 'replace';
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
  readonly concurrency: PlanConcurrency | null;
  readonly labels: Readonly<Record<string, string>>;
  readonly retentionMs: number;
}

/** Handlers known when a definition is compiled, by name and alias. `available: false`: its workers are away just now. */
export type HandlerCatalog = ReadonlyMap<string, HandlerFacts & { readonly configSchema?: Json; readonly available?: boolean }>;
