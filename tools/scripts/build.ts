import { relative, resolve } from 'node:path';
import { allProjects, buildProjects } from './build-projects.ts';

const root = resolve(import.meta.dirname, '../..');
const named = process.argv.slice(2).map((path) => relative(root, resolve(path)));
const started = Date.now();
const report = await buildProjects(named.length > 0 ? named : await allProjects());
console.log(`built ${report.compiled} of ${report.files} files in ${Date.now() - started} ms`);
