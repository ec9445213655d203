import { readFileSync } from 'node:fs';

const swc = JSON.parse(readFileSync(new URL('./.swcrc', import.meta.url), 'utf8'));
// Under Jest the sources are imported as they stand, so `./name.ts` must stay `./name.ts`.
delete swc.jsc.rewriteRelativeImportExtensions;
delete swc.$schema;

/** What every project's Jest configuration starts from: ESM, SWC, workspace packages read from their sources. */
export default {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/{src,test}/**/*.{unit,int,e2e}.spec.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '^.+\\.ts$': ['@swc/jest', { ...swc, swcrc: false }] },
  moduleNameMapper: { '^@jetsaga/([^/]+)$': ['<rootDir>/../../libs/$1/src/index.ts', '<rootDir>/../../tools/$1/src/index.ts'] },
};
