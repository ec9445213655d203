import type { Schedule } from '@jetsaga/client';
import type { Command } from 'commander';
import { contextOf } from '../cli-context.ts';
import { CliFailure } from '../cli-failure.ts';
import { brief, shortTime, table } from '../output/table.ts';

export function addSchedules(program: Command): void {
  const schedules = program
    .command('schedules')
    .description('what definitions start by the clock: list, pause, resume, trigger, backfill');
  schedules
    .command('list', { isDefault: true })
    .description('schedules, with their next and last run; times are UTC')
    .option('--workflow <key>', 'of this definition only')
    .action(async ({ workflow }: { workflow?: string }, command: Command) => {
      const context = contextOf(command);
      const items: Schedule[] = [];
      for (let cursor: string | undefined, more = true; more;) {
        const page = await context.client.schedules.list({ workflow, cursor, limit: 500 });
        items.push(...page.items);
        cursor = page.next ?? undefined;
        more = page.next !== null;
      }
      context.print({ items }, listed);
    });
  schedules
    .command('pause <id>')
    .description('start nothing by it any more')
    .action(async (id: string, _options: unknown, command: Command) => {
      const context = contextOf(command);
      context.print(await context.client.schedules.pause(id), (schedule) => `✔ ${schedule.id} is paused`);
    });
  schedules
    .command('resume <id>')
    .description('go on with the next due time')
    .action(async (id: string, _options: unknown, command: Command) => {
      const context = contextOf(command);
      context.print(await context.client.schedules.resume(id), (one) => `✔ ${one.id} goes on; next ${shortTime(one.nextRunAt)}`);
    });
  schedules
    .command('trigger <id>')
    .description('start a run now')
    .action(async (id: string, _options: unknown, command: Command) => {
      const context = contextOf(command);
      context.print(await context.client.schedules.trigger(id), ({ executionId }) => `✔ started ${executionId}`);
    });
  schedules
    .command('backfill <id>')
    .description('start what was due in a time and has not run')
    .requiredOption('--from <time>', 'ISO time with an offset')
    .requiredOption('--to <time>', 'ISO time with an offset')
    .action(async (id: string, time: { from: string; to: string }, command: Command) => {
      const context = contextOf(command);
      const answer = await context.client.schedules.backfill(id, time);
      context.print(answer, ({ runs }) => {
        if (runs.length === 0) return 'nothing was due in that time';
        return table(
          ['DUE', 'EXECUTION', ''],
          runs.map((run) => [shortTime(run.dueAt), run.executionId ?? '', run.known ? 'had run before' : (run.reason ?? '')]),
        );
      });
      const refused = answer.runs.filter((run) => run.executionId === null).length;
      if (refused > 0) throw new CliFailure('NOT_STARTED', `${refused} of ${answer.runs.length} runs were refused`);
    });
}

function listed({ items }: { items: readonly Schedule[] }): string {
  if (items.length === 0) return 'no schedules';
  const rows = items.map((one) => [
    one.id,
    `${one.schedule} ${one.timezone}`,
    one.disabled ? 'disabled' : one.paused ? 'paused' : shortTime(one.nextRunAt),
    shortTime(one.lastRun?.dueAt),
    one.lastRun ? brief([one.lastRun.outcome, one.lastRun.executionId, one.lastRun.reason].filter(Boolean).join(' '), 60) : '',
  ]);
  return table(['ID', 'SCHEDULE', 'NEXT', 'LAST', 'OUTCOME'], rows);
}
