import { copyFile, mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');
const groups = ['libs', 'tools', 'apps'];

export interface BuildReport {
  readonly compiled: number;
  readonly files: number;
}

/** Directories of all workspace projects, relative to the repository root. */
export async function allProjects(): Promise<string[]> {
  const found = await Promise.all(
    groups.map(async (group) => {
      const entries = await readdir(join(root, group), { withFileTypes: true });
      return entries.filter((entry) => entry.isDirectory()).map((entry) => `${group}/${entry.name}`);
    }),
  );
  const flat = found.flat();
  const present = await Promise.all(flat.map((path) => modifiedAt(join(root, path, 'package.json'))));
  return flat.filter((_, index) => (present[index] ?? 0) > 0);
}

/**
 * Compiles `src` of each project to `dist`, file by file, leaving out specs; only what is newer than its output is
 * compiled, other files are copied, and output whose source is gone is removed.
 */
export async function buildProjects(projects: readonly string[]): Promise<BuildReport> {
  const settings = await modifiedAt(join(root, '.swcrc'));
  const reports = await Promise.all(projects.map((project) => buildProject(project, settings)));
  return {
    compiled: reports.reduce((sum, report) => sum + report.compiled, 0),
    files: reports.reduce((sum, report) => sum + report.files, 0),
  };
}

async function buildProject(project: string, settings: number): Promise<BuildReport> {
  const source = join(root, project, 'src');
  const target = join(root, project, 'dist');
  const files = (await filesBelow(source)).filter((file) => !file.endsWith('.spec.ts') && !file.endsWith('.d.ts'));
  const kept = new Set<string>();
  let compiled = 0;
  await Promise.all(
    files.map(async (file) => {
      const from = join(source, file);
      const isCode = file.endsWith('.ts');
      const output = isCode ? file.replace(/\.ts$/, '.js') : file;
      const to = join(target, output);
      kept.add(output);
      if (isCode) kept.add(`${output}.map`);
      const [sourceTime, targetTime] = await Promise.all([modifiedAt(from), modifiedAt(to)]);
      if (targetTime >= Math.max(sourceTime, settings)) return;
      compiled += 1;
      await mkdir(dirname(to), { recursive: true });
      if (!isCode) {
        await copyFile(from, to);
        return;
      }
      // Only now: the compiler takes longer to load than a build takes that has nothing to do.
      const { transformFile } = await import('@swc/core');
      const result = await transformFile(from, { configFile: join(root, '.swcrc'), sourceFileName: relative(dirname(to), from) });
      await writeFile(`${to}.map`, result.map ?? '');
      await writeFile(to, `${result.code}\n//# sourceMappingURL=${output.split('/').pop()}.map\n`);
    }),
  );
  const stale = (await filesBelow(target)).filter((file) => !kept.has(file));
  await Promise.all(stale.map((file) => rm(join(target, file))));
  return { compiled, files: files.length };
}

async function filesBelow(directory: string): Promise<string[]> {
  try {
    const entries = await readdir(directory, { recursive: true, withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map((entry) => relative(directory, join(entry.parentPath, entry.name)));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

async function modifiedAt(path: string): Promise<number> {
  try {
    return (await stat(path)).mtimeMs;
  } catch {
    return 0;
  }
}
