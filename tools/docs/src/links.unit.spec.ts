import { existsSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { anchors, linkTargets } from './markdown.ts';
import { pages, readText, root } from './repository.ts';

/** Links to other pages and files; addresses on the web are not asked after. */
const links = pages().flatMap((page) =>
  linkTargets(readText(page))
    .filter((target) => !/^[a-z][a-z0-9+.-]*:/i.test(target))
    .map((target): [string, string] => [page, target]),
);

describe('links', () => {
  it.each(links)('%s → %s', (page, target) => {
    const [path = '', anchor] = target.split('#');
    const file = path === '' ? page : normalize(join(dirname(page), path));
    expect(existsSync(join(root, file))).toBe(true);
    if (anchor !== undefined) expect([...anchors(readText(file))]).toContain(anchor);
  });

  it('are found', () => expect(links.length).toBeGreaterThan(20));
});
