import type { Execution, Step } from '@jetsaga/client';
import type { Command } from 'commander';
import { contextOf } from '../cli-context.ts';
import { stepTree } from '../output/step-tree.ts';
import { brief, shortTime } from '../output/table.ts';
import { allSteps } from '../output/watch.ts';

export function addShow(program: Command): void {
  program
    .command('show <id>')
    .description('one execution with its steps')
    .action(async (id: string, _options: object, command: Command) => {
      const context = contextOf(command);
      const run = context.client.execution(id);
      const [execution, steps] = await Promise.all([run.show(), allSteps(run)]);
      context.print({ ...execution, steps }, describe);
    });
}

function describe(execution: Execution & { steps: readonly Step[] }): string {
  return [
    stepTree(execution, execution.steps, Date.now()),
    `started  ${execution.startedAt ? shortTime(execution.startedAt) : 'not yet'} by ${execution.startedBy}`,
    ...(execution.waitingFor ? [`waits for ${execution.waitingFor}`] : []),
    ...(execution.finishedAt ? [`finished ${shortTime(execution.finishedAt)}`] : []),
    `input    ${brief(execution.input, 300)}`,
    ...(execution.output === undefined ? [] : [`output   ${brief(execution.output, 2_000)}`]),
    ...(execution.error ? [`error    ${execution.error.code}: ${execution.error.message}`] : []),
  ].join('\n');
}
