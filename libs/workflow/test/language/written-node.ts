import type { Json } from '@jetsaga/contracts';

/** A node as it stands in a document, with what is left out filled in. */
export interface WrittenNode {
  readonly id: string;
  readonly handler: string;
  readonly dependencies: readonly { readonly node: string; readonly on: readonly string[] }[];
  readonly join: 'all' | 'strict' | 'any' | 'settled';
  readonly when: string | undefined;
  readonly config: Json;
  readonly output: Json | undefined;
  readonly retries: number;
  readonly onError: 'fail' | 'continue';
  /** Of `group` and `map`. */
  readonly nodes: readonly WrittenNode[];
  readonly strategy: 'wait_all' | 'fail_fast' | 'best_effort' | 'race';
  readonly items: Json | undefined;
  readonly filter: string | undefined;
}

type Fields = { readonly [field: string]: Json | undefined };

/** The nodes of a definition's document, or of a body in it. */
export function writtenNodes(nodes: Json | undefined): readonly WrittenNode[] {
  return list(nodes).map((node) => {
    const fields = node as Fields;
    return {
      id: String(fields.id),
      handler: String(fields.handler),
      dependencies: list(fields.dependencies).map(dependency),
      join: (fields.join ?? 'all') as WrittenNode['join'],
      when: fields.when as string | undefined,
      config: fields.config ?? {},
      output: fields.output,
      retries: ((fields.retry as Fields | undefined)?.retries as number | undefined) ?? 3,
      onError: (fields.onError ?? 'fail') as WrittenNode['onError'],
      nodes: writtenNodes(fields.nodes),
      strategy: (fields.strategy ?? 'wait_all') as WrittenNode['strategy'],
      items: fields.items,
      filter: fields.filter as string | undefined,
    };
  });
}

function dependency(written: Json): WrittenNode['dependencies'][number] {
  if (typeof written === 'string') return { node: written, on: ['success'] };
  const { node, on = 'success' } = written as Fields;
  return { node: String(node), on: [on].flat().map(String) };
}

function list(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? value : [];
}
