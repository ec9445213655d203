import { describe, expect, it } from '@jest/globals';
import { distributionArchives, parseOneLineSources, parseStanzaSources, sourcesForSuite } from './apt-sources.ts';

const stanzas = `# a comment
Types: deb deb-src
URIs: http://mirror.example/debian
Suites: bookworm bookworm-updates
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
# in between
URIs: http://mirror.example/debian-security
Suites: bookworm-security
Components: main

Types: deb
URIs: http://off.example/debian
Suites: bookworm
Components: main
Enabled: no

Types: deb-src
URIs: http://source.example/debian
Suites: bookworm
Components: main
`;

describe('what apt is configured with', () => {
  it('is read from stanzas', () => {
    expect(distributionArchives(parseStanzaSources(stanzas), 'bookworm')).toEqual([
      {
        uris: ['http://mirror.example/debian'],
        suites: ['bookworm', 'bookworm-updates'],
        signedBy: '/usr/share/keyrings/debian-archive-keyring.gpg',
        trusted: false,
      },
    ]);
  });

  it('keeps a key that is written into a stanza', () => {
    const key = '-----BEGIN PGP PUBLIC KEY BLOCK-----\n .\n mQINBF\n -----END PGP PUBLIC KEY BLOCK-----';
    const [archive] = parseStanzaSources(
      `Types: deb\nURIs: http://a.example\nSuites: noble\nComponents: main\nSigned-By:\n ${key}\n`,
    );
    expect(archive?.signedBy).toBe(key);
  });

  it('is read from lines', () => {
    const lines = `
# deb http://commented.example/ubuntu noble main
deb [arch=amd64 signed-by=/etc/key.gpg trusted=yes] http://mirror.example/ubuntu noble main universe
deb-src http://mirror.example/ubuntu noble main
deb http://other.example/tool stable-tool main`;
    expect(distributionArchives(parseOneLineSources(lines), 'noble')).toEqual([
      { uris: ['http://mirror.example/ubuntu'], suites: ['noble'], signedBy: '/etc/key.gpg', trusted: true },
    ]);
  });

  it('is asked for another suite with the same address and key', () => {
    const archives = [
      { uris: ['http://a.example', 'http://b.example'], suites: ['bookworm'], signedBy: '/key.gpg', trusted: false },
    ];
    expect(sourcesForSuite(archives, 'sid', 'main')).toBe(
      'Types: deb\nURIs: http://a.example http://b.example\nSuites: sid\nComponents: main\nSigned-By: /key.gpg\n',
    );
  });
});
