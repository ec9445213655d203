import type { Command } from 'commander';
import { contextOf } from '../cli-context.ts';
import { dim } from '../output/colours.ts';
import { brief } from '../output/table.ts';

interface SearchCommandOptions {
  limit: string;
  mode: 'vector' | 'text' | 'hybrid';
}

export function addSearch(program: Command): void {
  program
    .command('search <text...>')
    .description('find passages in ingested documents')
    .option('--limit <n>', 'at most', '5')
    .option('--mode <mode>', 'vector, text or hybrid', 'hybrid')
    .action(async (words: string[], options: SearchCommandOptions, command: Command) => {
      const context = contextOf(command);
      const page = await context.client.search({ query: words.join(' '), limit: Number(options.limit), mode: options.mode });
      context.print(page, ({ items }) =>
        items.length === 0
          ? 'nothing found'
          : items
              .map((hit, index) => {
                const place = [hit.title ?? hit.document.name, hit.page ? `page ${hit.page}` : ''].filter(Boolean).join(', ');
                return `${index + 1}. ${place} ${dim(`score ${hit.score.toFixed(3)}`)}\n   ${brief(hit.text, 300)}`;
              })
              .join('\n'),
      );
    });
}
