import type { JsonObject } from '@jetsaga/contracts';
import { Dag } from './dag.ts';
import type { Retry } from './node-fields.ts';
import { plainObject } from './plain-json.ts';
import type { Duration, JsonSchema, Template } from './template.ts';
import type { Trigger } from './triggers.ts';

/** What a definition says besides its nodes; see docs/workflows.md. */
export interface WorkflowFields {
  readonly key?: string;
  readonly description?: string;
  readonly labels?: { readonly [name: string]: string };
  /** JSON Schema 2020-12 of the input. */
  readonly input?: JsonSchema;
  /** Template of the result. */
  readonly output?: Template;
  readonly triggers?: readonly Trigger[];
  readonly timeout?: Duration;
  readonly concurrency?: {
    readonly key?: string;
    readonly limit: number;
    readonly onConflict?: 'queue' | 'reject' | 'replace';
  };
  readonly idempotencyKey?: string;
  readonly lifecycle?: 'all' | 'executions';
  readonly priority?: 'high' | 'normal' | 'low';
  readonly defaults?: { readonly retry?: Retry; readonly timeout?: Duration; readonly queue?: string };
  readonly onFailure?: 'compensate' | 'leave';
  readonly retention?: Duration;
}

/**
 * Begins a definition. Nodes are added one by one, each after those that it depends on; `JSON.stringify` and `toJSON()` give the document
 * that the same definition in YAML is.
 *
 *     export default workflow('Intake', { output: '{{ parse.output }}' })
 *       .node('start', 'input')
 *       .node('parse', 'parse_document', { dependencies: ['start'], config: { uri: '{{ input.uri }}' } });
 */
export function workflow(name: string, fields: WorkflowFields = {}): Workflow {
  const head = plainObject({ name, ...fields });
  return new Dag<NoNodes, JsonObject>((nodes) => ({ ...structuredClone(head), dag: { nodes: [...nodes] } }), []);
}

/** A definition in TypeScript, as far as it was written. `Known` are its nodes with their branches. */
export type Workflow<Known extends { readonly [id: string]: string } = NoNodes> = Dag<Known, JsonObject>;

export type NoNodes = Record<never, never>;
