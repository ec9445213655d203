import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generatedPages } from './generated-pages.ts';
import { root } from './repository.ts';

// `pnpm nx write docs`: brings the generated parts of the pages up to date.
for (const [path, text] of await generatedPages()) {
  writeFileSync(join(root, path), text);
  console.log(`${path} is up to date`);
}
