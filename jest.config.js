import { readdirSync, existsSync } from 'node:fs';

const projects = ['apps', 'libs', 'tools'].flatMap((group) =>
  readdirSync(new URL(group, import.meta.url)).map((name) => `${group}/${name}`),
);

/** All projects in one run: `pnpm verify`. One project: `pnpm nx test <project>`. */
export default {
  projects: projects
    .filter((path) => existsSync(new URL(`${path}/jest.config.js`, import.meta.url)))
    .map((path) => `<rootDir>/${path}`),
};
