import { describe, expect, it } from '@jest/globals';
import { codeSpans, fencedBlocks, prose } from './markdown.ts';
import { filesBelow, pages, readText } from './repository.ts';

interface Command {
  readonly options: ReadonlySet<string>;
}

/** Every command of the CLI with its options, as its source has them. */
const commands = new Map(
  filesBelow('apps/cli/src/commands', (path) => path.endsWith('.command.ts')).map((path): [string, Command] => {
    const source = readText(path);
    const name = /\.command\('([a-z-]+)/.exec(source)?.[1];
    if (name === undefined) throw new Error(`${path} has no command`);
    return [
      name,
      { options: new Set([...source.matchAll(/\.(?:option|requiredOption)\('(--[a-z-]+)/g)].map((match) => match[1]!)) },
    ];
  }),
);
const everywhere = new Set([
  '--help',
  '--version',
  ...[...readText('apps/cli/src/cli.ts').matchAll(/\.option\('(--[a-z-]+)/g)].map((match) => match[1]!),
]);

/** Command lines in the pages: in blocks of shell, and in backticks. */
const lines = pages().flatMap((page) => {
  const text = readText(page);
  const shell = fencedBlocks(text).filter(({ language }) => language === 'sh');
  return [...shell.flatMap((block) => block.text.split('\n')), ...codeSpans(prose(text))]
    .map((line) => /(?:^|\s|\|)jetsaga ((?!=).*)$/.exec(line)?.[1])
    .filter((line) => line !== undefined)
    .map((line): [string, string] => [page, line]);
});

describe('command lines', () => {
  it.each(lines)('%s: jetsaga %s', (_, line) => {
    const words = line.replace(/"[^"]*"|'[^']*'/g, 'text').split(/\s+/);
    const name = words.find((word, index) => /^[a-z]/.test(word) && !['--server', '--key'].includes(words[index - 1] ?? ''));
    const given = words.filter((word) => word.startsWith('--')).map((word) => word.split('=')[0]!);
    if (name === undefined) {
      expect(given.every((option) => everywhere.has(option))).toBe(true);
      return;
    }
    const command = commands.get(name);
    expect([name, command !== undefined]).toEqual([name, true]);
    expect(given.filter((option) => !everywhere.has(option) && !command?.options.has(option))).toEqual([]);
  });

  it('there is an example of every command in docs/api.md', () => {
    const shown = lines.filter(([page]) => page === 'docs/api.md').map(([, line]) => line);
    expect([...commands.keys()].filter((name) => !shown.some((line) => line.split(/\s+/).includes(name)))).toEqual([]);
  });
});
