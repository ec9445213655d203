import { relative } from 'node:path';
import { pnpmCommand } from './pnpm-command.ts';

const standardAddress = 'http://127.0.0.1:8000';

/** What is shown when everything answers: where it is, and one command to try. */
export function readyMessage({ address, home, tookMs }: { address: string; home: string; tookMs: number }): string {
  const server = address === standardAddress ? '' : `JETSAGA_URL=${address} `;
  return `
Jetsaga is ready, after ${(tookMs / 1_000).toFixed(1)} s.

  API      ${address}   (its description: ${address}/docs)
  data     ${relative(process.cwd(), home) || home}   (logs in its folder logs/)

Try, in another terminal:

  ${server}${pnpmCommand()} jetsaga ingest README.md

Ctrl-C stops everything.
`;
}
