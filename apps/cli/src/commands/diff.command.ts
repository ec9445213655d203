import type { DefinitionDiff, FieldDiff } from '@jetsaga/client';
import type { Command } from 'commander';
import { styleText } from 'node:util';
import { contextOf } from '../cli-context.ts';
import { CliFailure } from '../cli-failure.ts';

export function addDiff(program: Command): void {
  program
    .command('diff <key>')
    .description('what is different between two versions of a definition')
    .option('--from <version>', 'the version before `to` when absent')
    .option('--to <version>', 'the current version when absent')
    .action(async (key: string, options: { from?: string; to?: string }, command: Command) => {
      const context = contextOf(command);
      const versions = { from: versionOf(options.from), to: versionOf(options.to) };
      context.print(await context.client.definitions.diff(key, versions), (diff) => describeDiff(key, diff));
    });
}

function versionOf(text: string | undefined): number | undefined {
  if (text === undefined || /^[1-9]\d{0,8}$/.test(text)) return text === undefined ? undefined : Number(text);
  throw new CliFailure('INVALID_VERSION', `${text} is no version`);
}

const added = (line: string) => styleText('green', `+ ${line}`, { stream: process.stdout });
const removed = (line: string) => styleText('red', `- ${line}`, { stream: process.stdout });

function describeDiff(key: string, { from, to, fields, nodes }: DefinitionDiff): string {
  const lines = [
    ...fields.flatMap((field) => fieldLines(field, '')),
    ...nodes.removed.map(({ path, node }) => removed(`node ${path}: ${JSON.stringify(node)}`)),
    ...nodes.added.map(({ path, node }) => added(`node ${path}: ${JSON.stringify(node)}`)),
    ...nodes.changed.flatMap((node) => [`  node ${node.path}`, ...node.fields.flatMap((field) => fieldLines(field, '  '))]),
  ];
  const head = `${key}: version ${from} → ${to}`;
  return lines.length === 0 ? `${head}: nothing is different` : [head, ...lines].join('\n');
}

function fieldLines({ field, before, after }: FieldDiff, indent: string): string[] {
  const line = (value: unknown) => `${indent}${field}: ${JSON.stringify(value)}`;
  return [...(before === undefined ? [] : [removed(line(before))]), ...(after === undefined ? [] : [added(line(after))])];
}
