import type { AnyHandler } from './define-handler.ts';

/** A sentence about what a step does, not a repetition of its name. */
const shortestDescription = 20;

/**
 * What is wrong with a service's list of handlers; empty when nothing is. Every service has a spec that expects that: names and
 * aliases are unique, each is described, and its example is a configuration that parses and survives being sent as JSON.
 */
export function handlerProblems(handlers: readonly AnyHandler[]): string[] {
  const problems: string[] = [];
  const taken = new Set<string>();
  for (const { description, config } of handlers) {
    const { name, aliases } = description;
    for (const each of [name, ...aliases]) {
      if (taken.has(each)) problems.push(`${each}: more than one handler has this name`);
      taken.add(each);
    }
    if (description.description.trim().length < shortestDescription)
      problems.push(`${name}: it has no description worth the name`);
    const example = config.safeParse(JSON.parse(JSON.stringify(description.example ?? null)));
    if (!example.success) problems.push(`${name}: its example does not parse: ${example.error.message}`);
    if (description.configSchema['type'] !== 'object') problems.push(`${name}: its configuration is no object`);
    if (description.outputSchema === undefined) problems.push(`${name}: it has no output schema`);
    if (new Set(description.branches).size !== description.branches.length) problems.push(`${name}: a branch is declared twice`);
  }
  return problems;
}
