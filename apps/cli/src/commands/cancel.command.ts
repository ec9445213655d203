import type { Command } from 'commander';
import { JetsagaError } from '@jetsaga/client';
import { contextOf } from '../cli-context.ts';
import { CliFailure } from '../cli-failure.ts';

export function addCancel(program: Command): void {
  program
    .command('cancel <id...>')
    .description('cancel executions: nothing new starts, running handlers are told to stop')
    .option('--reason <text>', 'kept in the history')
    .option('--no-compensate', 'undo nothing of what was done')
    .action(async (ids: string[], options: { reason?: string; compensate: boolean }, command: Command) => {
      const context = contextOf(command);
      const outcomes: { id: string; cancelled: boolean; reason?: string }[] = [];
      for (const id of ids) {
        try {
          await context.client.cancel(id, { reason: options.reason, compensate: options.compensate });
          outcomes.push({ id, cancelled: true });
        } catch (error) {
          if (!(error instanceof JetsagaError) || error.status === 0) throw error;
          outcomes.push({ id, cancelled: false, reason: error.message });
        }
      }
      context.print(outcomes, (all) =>
        all.map((one) => `${one.cancelled ? '✔' : '✖'} ${one.id} ${one.reason ?? 'is being cancelled'}`).join('\n'),
      );
      const refused = outcomes.filter((one) => !one.cancelled).length;
      if (refused > 0) throw new CliFailure('NOT_CANCELLED', `${refused} of ${ids.length} executions were not cancelled`);
    });
}
