import { allProjects, buildProjects } from './build-projects.ts';

// `pnpm bench …`: measures the apps as they are built now.
await buildProjects(await allProjects());
const main = new URL('../bench/dist/main.js', import.meta.url);
process.argv[1] = main.pathname;
await import(main.href);
