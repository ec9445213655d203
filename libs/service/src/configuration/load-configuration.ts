import { z } from 'zod';
import { configurationVariables, type VariableName } from './configuration-variables.ts';

export type Configuration<Name extends VariableName> = {
  readonly [N in Name]: z.output<(typeof configurationVariables)[N]['schema']>;
};

/** The environment does not fit; the message lists every problem. */
export class ConfigurationInvalid extends Error {
  override readonly name = 'ConfigurationInvalid';
  readonly code = 'CONFIGURATION_INVALID';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`the environment does not fit:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
    this.problems = problems;
  }
}

/** Reads the named variables; an empty one counts as not set. Throws ConfigurationInvalid. */
export function loadConfiguration<Name extends VariableName>(
  names: readonly Name[],
  environment: Readonly<Record<string, string | undefined>>,
): Configuration<Name> {
  const problems: string[] = [];
  const values = new Map<string, unknown>();
  for (const name of names) {
    const parsed = configurationVariables[name].schema.safeParse(environment[name]?.trim() || undefined);
    if (parsed.success) values.set(name, parsed.data);
    else problems.push(...parsed.error.issues.map(({ message }) => `${name}: ${message}`));
  }
  if (problems.length > 0) throw new ConfigurationInvalid(problems);
  return Object.fromEntries(values) as Configuration<Name>;
}
