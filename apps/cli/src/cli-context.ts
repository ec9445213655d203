import { Jetsaga } from '@jetsaga/client';
import type { Command } from 'commander';

export interface CliContext {
  readonly server: string;
  readonly client: Jetsaga;
  readonly json: boolean;
  /** Prints the value as JSON, or what `human` makes of it. */
  print<T>(value: T, human: (value: T) => string): void;
}

/** What the options before the command say. */
export function contextOf(command: Command): CliContext {
  const { server, key, json = false } = command.optsWithGlobals<{ server: string; key?: string; json?: boolean }>();
  return {
    server,
    client: new Jetsaga({ url: server, apiKey: key ?? process.env['JETSAGA_API_KEY'] }),
    json,
    print: (value, human) => console.log(json ? JSON.stringify(value, null, 2) : human(value)),
  };
}
