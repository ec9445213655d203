import type { Duration, Template } from './template.ts';

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

/** A branch as it may be written. */
export type BranchText = string | boolean | number;

export interface Condition {
  /** CEL: `input.total`, `fetch.output.status`. */
  readonly field: string;
  readonly operator: ConditionOperator;
  readonly value?: Template;
  readonly previousValue?: Template;
}

/** One way or the other; `To` and `Default` are the branches. */
export type RouterConfig<To, Default> =
  | { readonly routes: readonly { readonly when: string; readonly to: To }[]; readonly default?: Default }
  | { readonly route: string; readonly default?: Default };

/** What the control nodes take for configuration. */
export interface ControlConfigs {
  input: { readonly [field: string]: never };
  output: Template;
  aggregate: Template;
  evaluate_condition: { readonly conditions: readonly Condition[]; readonly logic?: 'and' | 'or' };
  router: RouterConfig<BranchText, BranchText>;
  delay: { readonly for: Duration } | { readonly until: string | number };
  emit_event: { readonly type: string; readonly data?: Template; readonly subject?: string };
  fail: { readonly code?: string; readonly message?: string };
  sub_workflow: {
    readonly workflow: string;
    readonly version?: number | string;
    readonly input?: Template;
    readonly wait?: boolean;
  };
  wait_for_signal: { readonly name: string; readonly condition?: string; readonly timeout?: Duration };
  wait_for_event: {
    readonly event: string;
    readonly filter?: string;
    readonly match?: { readonly [path: string]: Template };
    readonly timeout?: Duration;
  };
  send_signal: {
    readonly executionId?: string;
    readonly workflow?: string;
    readonly label?: Template;
    readonly name: string;
    readonly payload?: Template;
  };
}
