import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { AnyHandler } from '@jetsaga/worker';
import { root } from './repository.ts';

/** The services whose handlers come along. */
export const services = ['ingestion', 'evaluation', 'actions', 'training'] as const;

/** Stands for whatever a handler works with: it is only described here, never run. */
const anything: unknown = new Proxy(() => undefined, {
  get: (_, key) => (key === 'then' ? undefined : anything),
  apply: () => anything,
});

/** Every handler that comes along, service by service. Reads sources where it runs from sources itself, else what was built. */
export async function shippedHandlers(): Promise<AnyHandler[]> {
  const file = import.meta.filename.endsWith('.ts') ? 'src/handlers/index.ts' : 'dist/handlers/index.js';
  const lists = await Promise.all(
    services.map(async (service) => {
      const path = join(root, 'apps', service, file);
      if (!existsSync(path)) throw new Error(`there is no ${path}; build it first: node tools/run.mjs build apps/${service}`);
      const face = (await import(pathToFileURL(path).href)) as Record<string, (dependencies: unknown) => AnyHandler[]>;
      const make = face[`${service}Handlers`];
      if (make === undefined) throw new Error(`${path} exports no ${service}Handlers`);
      return make(anything);
    }),
  );
  return lists.flat();
}
