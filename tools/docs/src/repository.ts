import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';

export const root = resolve(import.meta.dirname, '../../..');

const leftOut = new Set(['node_modules', 'dist', 'coverage', 'fixture', 'fixtures']);

/** Paths from the repository's root, sorted; hidden and built ones are left out. */
export function filesBelow(folder: string, isWanted: (path: string) => boolean): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true })
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.name.startsWith('.') || leftOut.has(entry.name)) return [];
      if (entry.isDirectory()) return filesBelow(path, isWanted);
      return isWanted(path) ? [path] : [];
    })
    .sort();
}

export function readText(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

/** What is shipped: the sources of apps, libraries and the embedded servers, without specs. */
export function sourceFiles(): string[] {
  const groups = ['apps', 'libs', 'tools/embedded'];
  return groups.flatMap((group) =>
    filesBelow(group, (path) => /\/src\/.*\.ts$/.test(path) && !/\.spec\.ts$/.test(path) && !path.startsWith('libs/testing/')),
  );
}

/** Every page of documentation, wherever it lies. */
export function pages(): string[] {
  return filesBelow('.', (path) => path.endsWith('.md')).map((path) => relative('.', path));
}
