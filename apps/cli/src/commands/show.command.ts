import type { Execution, Scope, Step } from '@jetsaga/client';
import type { Command } from 'commander';
import { contextOf } from '../cli-context.ts';
import { stepTree } from '../output/step-tree.ts';
import { brief, shortTime } from '../output/table.ts';
import { rootSteps } from '../output/watch.ts';

export function addShow(program: Command): void {
  program
    .command('show <id>')
    .description('one execution with its steps')
    .action(async (id: string, _options: object, command: Command) => {
      const context = contextOf(command);
      const run = context.client.execution(id);
      const [execution, steps, scopes] = await Promise.all([run.show(), rootSteps(run), run.scopes()]);
      context.print({ ...execution, steps, scopes: scopes.items }, describe);
    });
}

function describe(execution: Execution & { steps: readonly Step[]; scopes: readonly Scope[] }): string {
  return [
    stepTree(execution, execution.steps, execution.scopes, Date.now()),
    `started  ${shortTime(execution.startedAt)} by ${execution.startedBy}`,
    ...(execution.finishedAt ? [`finished ${shortTime(execution.finishedAt)}`] : []),
    `input    ${brief(execution.input, 300)}`,
    ...(execution.output === undefined ? [] : [`output   ${brief(execution.output, 2_000)}`]),
    ...(execution.error ? [`error    ${execution.error.code}: ${execution.error.message}`] : []),
  ].join('\n');
}
