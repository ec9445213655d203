import type { ControlConfigs } from './control-configs.ts';
import type { Template, Templated } from './template.ts';

/**
 * A handler as `defineHandler` of `@jetsaga/worker` makes it, as far as a definition is concerned: its name, its branches, and the type
 * of its configuration (Standard Schema, https://standardschema.dev).
 */
export interface HandlerValue<Config = unknown, Branch extends string = string> {
  readonly description: { readonly name: string };
  readonly config: { readonly '~standard': { readonly types?: { readonly input: Config } | undefined } };
  /** Of no value: it carries the type. */
  readonly branch?: Branch;
}

/** Control nodes by name, any other name, or the handler itself. */
export type HandlerReference = keyof ControlConfigs | (string & {}) | HandlerValue;

export type ConfigOf<H> = H extends HandlerValue
  ? Templated<NonNullable<H['config']['~standard']['types']>['input']>
  : H extends keyof ControlConfigs
    ? ControlConfigs[H]
    : Template;

/** The branches that edges can select on: any, where a name alone is given. */
export type BranchesOf<H> = 'branch' extends keyof H
  ? Extract<H['branch'], string>
  : H extends keyof ControlConfigs
    ? ControlBranches[H]
    : string;

interface ControlBranches {
  input: never;
  output: never;
  aggregate: never;
  evaluate_condition: 'true' | 'false';
  router: string;
  delay: never;
  emit_event: never;
  fail: never;
  sub_workflow: never;
  wait_for_signal: 'received' | 'timeout';
  wait_for_event: 'received' | 'timeout';
  send_signal: never;
}

export function handlerName(handler: HandlerReference): string {
  return typeof handler === 'string' ? handler : handler.description.name;
}
