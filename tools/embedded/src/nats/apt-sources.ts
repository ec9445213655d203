/** One archive that apt is configured with: where it lies and how its signature is checked. */
export interface AptArchive {
  readonly uris: readonly string[];
  readonly suites: readonly string[];
  /** Kept word for word: a key file, or the key itself over several lines. */
  readonly signedBy?: string;
  readonly trusted: boolean;
}

/** Reads the one-line format (`deb [options] uri suite component…`). */
export function parseOneLineSources(text: string): AptArchive[] {
  return text.split('\n').flatMap((line) => {
    const match = /^\s*deb\s+(?:\[([^\]]*)\]\s+)?(\S+)\s+(\S+)/.exec(line);
    if (!match) return [];
    const [, bracketed = '', uri = '', suite = ''] = match;
    const options = new Map(bracketed.split(/\s+/).map((option) => option.split(/=(.*)/s) as [string, string]));
    return [{ uris: [uri], suites: [suite], signedBy: options.get('signed-by'), trusted: options.get('trusted') === 'yes' }];
  });
}

/** Reads the deb822 format (stanzas of `Field: value`, values may go on over indented lines). */
export function parseStanzaSources(text: string): AptArchive[] {
  const withoutComments = text.replace(/^#.*\n?/gm, '');
  return withoutComments.split(/\n\s*\n/).flatMap((stanza) => {
    const fields = new Map(
      [...stanza.matchAll(/^([A-Za-z-]+):((?:.*)(?:\n[ \t].*)*)/gm)].map(([, name = '', value = '']) => [
        name.toLowerCase(),
        value.trim(),
      ]),
    );
    const words = (name: string) => (fields.get(name) ?? '').split(/\s+/).filter(Boolean);
    if (!words('types').includes('deb') || fields.get('enabled') === 'no') return [];
    return [
      {
        uris: words('uris'),
        suites: words('suites'),
        signedBy: fields.get('signed-by'),
        trusted: fields.get('trusted') === 'yes',
      },
    ];
  });
}

/** The archives that carry the distribution itself (not its updates, nor anybody else's packages). */
export function distributionArchives(archives: readonly AptArchive[], codename: string | undefined): AptArchive[] {
  const own = new Set([codename, 'oldstable', 'stable', 'testing', 'unstable', 'sid', 'devel']);
  return archives.filter((archive) => archive.suites.some((suite) => own.has(suite)));
}

/** The same archives, asked for another suite. */
export function sourcesForSuite(archives: readonly AptArchive[], suite: string, components: string): string {
  return archives
    .map((archive) =>
      [
        'Types: deb',
        `URIs: ${archive.uris.join(' ')}`,
        `Suites: ${suite}`,
        `Components: ${components}`,
        ...(archive.signedBy ? [`Signed-By: ${archive.signedBy}`] : []),
        ...(archive.trusted ? ['Trusted: yes'] : []),
      ].join('\n'),
    )
    .join('\n\n')
    .concat('\n');
}
