import { describe, expect, it } from '@jest/globals';
import { checkDefinition, parseDefinition, type HandlerCatalog } from '@jetsaga/workflow';
import { exampleHandlers } from './example-handlers.ts';
import { fencedBlocks } from './markdown.ts';
import { filesBelow, pages, readText } from './repository.ts';
import { shippedHandlers } from './shipped-handlers.ts';

const handlers = [...(await shippedHandlers()), ...(await exampleHandlers())].map(({ description }) => description);
const catalog: HandlerCatalog = new Map(
  handlers.flatMap((one) => [one.name, ...one.aliases].map((name) => [name, one] as const)),
);

const inPages = pages().flatMap((path) =>
  fencedBlocks(readText(path))
    .filter(({ language, text }) => language === 'yaml' && /^name:/m.test(text) && /^dag:/m.test(text))
    .map(({ text, line }): [string, string] => [`${path}:${line}`, text]),
);
const inFiles = filesBelow('examples', (path) => path.endsWith('.yaml')).map((path): [string, string] => [path, readText(path)]);

function problemsOf(source: string): string[] {
  const { problems } = checkDefinition(parseDefinition(source, 'yaml'), catalog);
  return problems.map(({ line, column, code, message }) => `${line}:${column} ${code} ${message}`);
}

describe('definitions in the documentation', () => {
  it.each(inPages)('%s is right', (_, source) => expect(problemsOf(source)).toEqual([]));

  it('are found', () => expect(inPages.length).toBeGreaterThanOrEqual(4));
});

describe('examples', () => {
  it.each(inFiles)('%s is right', (_, source) => expect(problemsOf(source)).toEqual([]));

  it('are found', () => expect(inFiles.length).toBeGreaterThanOrEqual(5));

  it('are judged by what the handlers take', () => {
    const [problem] = problemsOf('name: x\ndag: { nodes: [{ id: a, handler: call_external_service, config: { uri: x } }] }');
    expect(problem).toContain('INVALID_CONFIG');
  });
});
