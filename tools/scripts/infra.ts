import { existsSync } from 'node:fs';
import { buildProjects } from './build-projects.ts';
import { projectsNeeded } from './projects-needed.ts';

// `pnpm infra`: just the embedded servers, for processes that are started one by one.
await buildProjects(await projectsNeeded('apps/standalone'));
if (existsSync('.env')) process.loadEnvFile('.env');
const { runInfra } = (await import(new URL('../../apps/standalone/dist/run-infra.js', import.meta.url).href)) as {
  runInfra: (env: NodeJS.ProcessEnv) => Promise<number>;
};
process.exit(await runInfra(process.env));
