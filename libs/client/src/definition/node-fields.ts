import type { BranchesOf, ConfigOf, HandlerReference } from './handler-value.ts';
import type { BranchText, RouterConfig } from './control-configs.ts';
import type { Duration, Template } from './template.ts';

export interface Retry {
  /** Tries after the first one. */
  readonly retries?: number;
  readonly initialDelay?: Duration;
  readonly maxDelay?: Duration;
  readonly factor?: number;
  readonly jitter?: boolean;
  /** Error codes that are never retried. */
  readonly nonRetryable?: readonly string[];
}

/** The nodes that are there, by id, with the branches that each may take. */
export type KnownNodes = { readonly [id: string]: string };

/** A node that is there, or an edge from it: after success, failure, either, or by branch. */
export type Dependency<Known extends KnownNodes> = {
  [Id in keyof Known & string]: Id | { readonly node: Id; readonly on?: EdgeOf<Known[Id]> };
}[keyof Known & string];

type EdgeOf<Branch extends string> = 'success' | 'failure' | 'always' | Written<Branch> | readonly Written<Branch>[];

/** As YAML has it: `on: true` is the branch `"true"`. */
type Written<Branch extends string> = string extends Branch
  ? BranchText
  : | Branch
    | (Branch extends 'true' ? true : never)
    | (Branch extends 'false' ? false : never)
    | (Branch extends `${infer Figure extends number}` ? Figure : never);

/** The fields that every node has; see docs/workflows.md. */
export interface CommonFields<Known extends KnownNodes, OnError extends 'fail' | 'continue'> {
  readonly description?: string;
  readonly dependencies?: readonly Dependency<Known>[];
  readonly join?: 'all' | 'strict' | 'any' | 'settled';
  /** CEL; false skips the step. */
  readonly when?: string;
  /** Makes the step's output from `result`. */
  readonly output?: Template;
  readonly onError?: OnError;
  readonly compensate?: Compensation;
}

export interface TaskFields {
  readonly retry?: Retry;
  /** For one attempt. */
  readonly timeout?: Duration;
  readonly queueTimeout?: Duration;
  /** For all attempts together. */
  readonly deadline?: Duration;
  readonly queue?: string;
  readonly rateLimit?: { readonly key?: string; readonly limit: number; readonly per: Duration };
}

export interface Compensation {
  readonly handler: HandlerReference;
  readonly config?: Template;
}

export type NodeFields<Known extends KnownNodes, H, OnError extends 'fail' | 'continue'> = CommonFields<Known, OnError> &
  TaskFields &
  ConfigField<ConfigOf<H>>;

/** Required where the handler cannot do without. */
type ConfigField<Config> = Record<never, never> extends Config ? { readonly config?: Config } : { readonly config: Config };

export type RouterFields<Known extends KnownNodes, To, Default, OnError extends 'fail' | 'continue'> = CommonFields<
  Known,
  OnError
> & { readonly config: RouterConfig<To, Default> };

export type Strategy = 'wait_all' | 'fail_fast' | 'best_effort' | 'race';

export interface GroupFields<Known extends KnownNodes, OnError extends 'fail' | 'continue'> extends CommonFields<Known, OnError> {
  readonly strategy?: Strategy;
  readonly maxConcurrency?: number;
}

export interface MapFields<Known extends KnownNodes, OnError extends 'fail' | 'continue'> extends GroupFields<Known, OnError> {
  /** A list or an object, mostly a template that gives one. */
  readonly items: Template;
  /** CEL, for each item. */
  readonly filter?: string;
  readonly itemName?: string;
  readonly indexName?: string;
  readonly mode?: 'parallel' | 'sequential';
}

/** The nodes there are once this one is added. */
export type WithNode<Known extends KnownNodes, Id extends string, H, OnError extends 'fail' | 'continue'> = WithBranches<
  Known,
  Id,
  BranchesOf<H> | ErrorBranch<OnError>
>;

export type WithBranches<Known extends KnownNodes, Id extends string, Branch extends string> = string extends keyof Known
  ? Known
  : Known & { readonly [added in Id]: Branch };

export type ErrorBranch<OnError extends 'fail' | 'continue'> = OnError extends 'continue' ? 'error' : never;

/** An id that no other node of the scope has. */
export type NewId<Known extends KnownNodes, Id extends string> = string extends Id | keyof Known
  ? unknown
  : Id extends keyof Known
    ? never
    : unknown;
