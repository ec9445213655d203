import { describe, expect, it } from '@jest/globals';
import { tableRows } from './markdown.ts';
import { readText, sourceFiles } from './repository.ts';

const method = /@(Get|Post|Put|Patch|Delete)\((?:'([^']*)')?\)/g;

/** `GET /v1/executions/{id}`, from the controllers' decorators. */
const inCode = sourceFiles()
  .filter((path) => path.startsWith('apps/api/') && path.endsWith('.controller.ts'))
  .flatMap((path) => {
    const source = readText(path);
    const prefix = /@Controller\((?:'([^']*)')?\)/.exec(source)?.[1] ?? '';
    return [...source.matchAll(method)].map(([, verb, rest]) => {
      const levels = [prefix, rest ?? ''].filter((part) => part !== '').join('/');
      return `${verb!.toUpperCase()} /${levels.replace(/:(\w+)/g, '{$1}')}`;
    });
  });

/** The same, with every parameter called alike: the page may name them better. */
const anonymous = (route: string) => route.replace(/\{\w+\}/g, '{}');

const inPage = tableRows(readText('docs/api.md'))
  .flatMap(([first]) => [...(first ?? '').matchAll(/`((?:GET|POST|PUT|PATCH|DELETE) [^`?]+)[^`]*`/g)])
  .map((match) => match[1]!);

describe('routes', () => {
  it('that exist are in docs/api.md', () => {
    const documented = new Set(inPage.map(anonymous));
    expect(inCode.filter((route) => !documented.has(anonymous(route)))).toEqual([]);
  });

  it('in docs/api.md exist', () => {
    // The two of the OpenAPI page are made by its library.
    const existing = new Set([...inCode, 'GET /docs', 'GET /openapi.json'].map(anonymous));
    expect(inPage.filter((route) => !existing.has(anonymous(route)))).toEqual([]);
    expect(inCode.length).toBeGreaterThan(25);
  });
});
