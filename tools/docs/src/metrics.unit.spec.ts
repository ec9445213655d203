import { describe, expect, it } from '@jest/globals';
import { codeSpans, tableRows } from './markdown.ts';
import { readText, sourceFiles } from './repository.ts';

const made = /\.(counter|gauge|histogram)\(\{\s*name: '([a-z0-9_]+)'[\s\S]*?\}\)/g;

/** `name kind labels`, from the calls that make metrics. */
const inCode = new Set(
  sourceFiles().flatMap((path) =>
    [...readText(path).matchAll(made)].map(([call, kind, name]) => {
      const labels = /labels: \[([^\]]*)\]/.exec(call)?.[1] ?? '';
      const names = [...labels.matchAll(/'(\w+)'/g)].map((match) => match[1]!);
      return [`jetsaga_${name}`, kind, ...names].join(' ');
    }),
  ),
);

const inPage = new Set(
  tableRows(readText('docs/metrics.md')).flatMap(([name, kind, labels]) => {
    const [metric] = codeSpans(name ?? '');
    return metric === undefined ? [] : [[metric, kind, ...codeSpans(labels ?? '')].join(' ')];
  }),
);

describe('metrics', () => {
  it('that exist are in docs/metrics.md, with kind and labels', () => {
    expect([...inCode].filter((metric) => !inPage.has(metric))).toEqual([]);
    expect(inCode.size).toBeGreaterThan(8);
  });

  it('in docs/metrics.md exist', () => expect([...inPage].filter((metric) => !inCode.has(metric))).toEqual([]));
});
