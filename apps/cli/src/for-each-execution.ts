import { JetsagaError, type Jetsaga } from '@jetsaga/client';
import type { Command } from 'commander';
import { contextOf } from './cli-context.ts';
import { CliFailure } from './cli-failure.ts';

type Outcomes = readonly { readonly id: string; readonly accepted: boolean; readonly reason?: string }[];

/** One command for several executions: what one of them refuses does not keep it from the others. */
export async function forEachExecution(
  ids: readonly string[],
  command: Command,
  done: string,
  act: (client: Jetsaga, id: string) => Promise<void>,
) {
  const context = contextOf(command);
  const outcomes: { id: string; accepted: boolean; reason?: string }[] = [];
  for (const id of ids) {
    try {
      await act(context.client, id);
      outcomes.push({ id, accepted: true });
    } catch (error) {
      if (!(error instanceof JetsagaError) || error.status === 0) throw error;
      outcomes.push({ id, accepted: false, reason: error.message });
    }
  }
  context.print<Outcomes>(outcomes, (all) =>
    all.map((one) => `${one.accepted ? '✔' : '✖'} ${one.id} ${one.reason ?? done}`).join('\n'),
  );
  const refused = outcomes.filter((one) => !one.accepted).length;
  if (refused > 0) throw new CliFailure('REFUSED', `${refused} of ${ids.length} executions refused it`);
}
