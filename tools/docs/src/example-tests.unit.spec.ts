import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it } from '@jest/globals';
import { filesBelow, root } from './repository.ts';

/* The tests of workflows in examples/tests, which bring their own `describe` and `it`. */
const files = filesBelow('examples/tests', (path) => path.endsWith('.test.ts'));
for (const path of files) await import(pathToFileURL(join(root, path)).href);

it('are found', () => expect(files.length).toBeGreaterThanOrEqual(1));
