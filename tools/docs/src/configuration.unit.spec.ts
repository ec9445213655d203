import { describe, expect, it } from '@jest/globals';
import { configurationVariables } from '@jetsaga/service';
import { codeSpans, tableRows } from './markdown.ts';
import { readText, sourceFiles } from './repository.ts';

/** Set by the operating system or by pnpm, not by users of Jetsaga. */
const foreign = new Set(['PATH', 'HOME', 'npm_config_user_agent', 'XDG_CACHE_HOME']);

const reads = [
  /process\.env\.([A-Z][A-Z0-9_]+)/g,
  /\b(?:process\.env|environment|env)\['([A-Z][A-Z0-9_]+)'\]/g,
  /\b(?:environment|env)\.([A-Z][A-Z0-9_]+)/g,
  /\bfile\('(NATS_[A-Z]+)'\)/g,
];
const destructured = /const \{ ([A-Z][A-Z0-9_, ]+) \} = process\.env/g;

/** Variables that are read past libs/service, or through it. */
const inCode = new Set([
  ...Object.keys(configurationVariables),
  ...sourceFiles().flatMap((path) => {
    const source = readText(path);
    const direct = reads.flatMap((read) => [...source.matchAll(read)].map((match) => match[1]!));
    return [...direct, ...[...source.matchAll(destructured)].flatMap((match) => match[1]!.split(/,\s*/))];
  }),
]);

const inPage = new Set(
  tableRows(readText('docs/configuration.md')).flatMap(([name]) =>
    codeSpans(name ?? '').filter((span) => /^[A-Z][A-Z0-9_]+$/.test(span)),
  ),
);

describe('environment variables', () => {
  it('that are read are in docs/configuration.md', () => {
    expect([...inCode].filter((name) => !foreign.has(name) && !inPage.has(name))).toEqual([]);
  });

  it('in docs/configuration.md are read', () => expect([...inPage].filter((name) => !inCode.has(name))).toEqual([]));

  it('in .env.example are in docs/configuration.md', () => {
    const named = [...readText('.env.example').matchAll(/^#?([A-Z][A-Z0-9_]+)=/gm)].map((match) => match[1]!);
    expect(named.filter((name) => !inPage.has(name))).toEqual([]);
  });
});
