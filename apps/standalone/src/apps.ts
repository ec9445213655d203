import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** A process of the platform. */
export interface AppSpec {
  readonly name: string;
  /** The file that Node runs. */
  readonly entry: string;
  /** Where the API listens for users. The others get a free loopback port, for their health. */
  readonly address?: { readonly host: string; readonly port: number };
  readonly environment?: NodeJS.ProcessEnv;
}

const names = ['coordinator', 'api', 'ingestion', 'evaluation', 'actions', 'training'];

/** Every app of the platform, as its package was built. */
export function platformApps(host: string, port: number): AppSpec[] {
  const require = createRequire(import.meta.url);
  return names.map((name) => ({
    name,
    entry: join(dirname(require.resolve(`@jetsaga/${name}/package.json`)), 'dist/main.js'),
    ...(name === 'api' ? { address: { host, port } } : {}),
  }));
}
