import { describe, expect, it } from '@jest/globals';
import { streams } from '@jetsaga/contracts';
import { readText, sourceFiles } from './repository.ts';
import { section } from './markdown.ts';

const page = readText('docs/architecture.md');
const migrations = sourceFiles().filter((path) => path.startsWith('libs/persistence/src/migrations/'));
const tables = migrations.flatMap((path) => [...readText(path).matchAll(/CREATE TABLE saga\.(\w+)/g)].map((match) => match[1]!));

describe('docs/architecture.md', () => {
  it('names every table of the schema saga, and no other', () => {
    const named = [...section(page, '## Tables').matchAll(/^\| `(\w+)` \|/gm)].map((match) => match[1]!);
    expect(named.sort()).toEqual(tables.sort());
  });

  it('names every stream, and no other', () => {
    const named = [...section(page, '## Streams and subjects').matchAll(/^\| `([A-Z_]+)` \|/gm)].map((match) => match[1]!);
    expect(named.sort()).toEqual(Object.values(streams).sort());
  });

  it('names every project', () => {
    const projects = [...new Set(sourceFiles().map((path) => path.split('/').slice(0, 2).join('/')))];
    expect(projects.filter((project) => !page.includes(`\`${project}\``))).toEqual([]);
  });
});
