import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { allProjects } from './build-projects.ts';

const root = resolve(import.meta.dirname, '../..');

interface Manifest {
  readonly name: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}

/** A project and the workspace projects that it runs on, directly or through others. */
export async function projectsNeeded(project: string): Promise<string[]> {
  const paths = await allProjects();
  const manifests = await Promise.all(
    paths.map(async (path) => JSON.parse(await readFile(join(root, path, 'package.json'), 'utf8')) as Manifest),
  );
  const byName = new Map(manifests.map((manifest, index) => [manifest.name, { manifest, path: paths[index] as string }]));
  const needed = new Set<string>();
  const visit = (path: string | undefined, manifest: Manifest | undefined): void => {
    if (!path || !manifest || needed.has(path)) return;
    needed.add(path);
    for (const name of Object.keys(manifest.dependencies ?? {})) visit(byName.get(name)?.path, byName.get(name)?.manifest);
  };
  visit(project, manifests[paths.indexOf(project)]);
  return [...needed];
}
