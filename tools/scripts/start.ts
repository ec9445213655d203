import { allProjects, buildProjects } from './build-projects.ts';

// `pnpm start`: builds what changed, then runs the platform in this process.
const started = performance.now();
const { compiled } = await buildProjects(await allProjects());
if (compiled > 0) console.log(`built ${compiled} files in ${((performance.now() - started) / 1_000).toFixed(1)} s`);
await import(new URL('../../apps/standalone/dist/main.js', import.meta.url).href);
