import { describe, expect, it } from '@jest/globals';
import { generatedPages } from './generated-pages.ts';
import { readText } from './repository.ts';

const wanted = await generatedPages();

describe('generated parts', () => {
  it.each([...wanted])('%s is up to date; otherwise: pnpm nx write docs', (path, text) => expect(readText(path)).toBe(text));
});
