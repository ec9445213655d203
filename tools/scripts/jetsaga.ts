import { buildProjects } from './build-projects.ts';
import { projectsNeeded } from './projects-needed.ts';

// `pnpm jetsaga …`: builds what the CLI needs where it changed, silently, then runs it in this process with the arguments.
await buildProjects(await projectsNeeded('apps/cli'));
const main = new URL('../../apps/cli/dist/main.js', import.meta.url);
process.argv[1] = main.pathname;
await import(main.href);
