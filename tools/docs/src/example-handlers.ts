import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { AnyHandler } from '@jetsaga/worker';
import { filesBelow, root } from './repository.ts';

/** The handlers of the workers in examples/workers. */
export async function exampleHandlers(): Promise<AnyHandler[]> {
  const files = filesBelow('examples/workers', (path) => path.endsWith('.ts'));
  const faces = await Promise.all(files.map((path) => import(pathToFileURL(join(root, path)).href)));
  return faces.flatMap((face: Record<string, unknown>) => Object.values(face).filter(isHandler));
}

function isHandler(value: unknown): value is AnyHandler {
  return typeof value === 'object' && value !== null && 'description' in value && 'run' in value;
}
