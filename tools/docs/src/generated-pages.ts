import { handlersInMarkdown } from './handler-pages.ts';
import { variablesInMarkdown } from './configuration-table.ts';
import { withGeneratedPart } from './generated-part.ts';
import { readText } from './repository.ts';
import { shippedHandlers } from './shipped-handlers.ts';

/** Pages that are made from the code in part, by their paths, as they should be. */
export async function generatedPages(): Promise<ReadonlyMap<string, string>> {
  const handlers = (await shippedHandlers()).map(({ description }) => description);
  return new Map([
    ['docs/workers.md', withGeneratedPart(readText('docs/workers.md'), 'handlers', handlersInMarkdown(handlers))],
    ['docs/configuration.md', withGeneratedPart(readText('docs/configuration.md'), 'variables', variablesInMarkdown())],
  ]);
}
