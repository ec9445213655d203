import { lstat, mkdir } from 'node:fs/promises';
import { EmbeddedServerError } from '../embedded-server-error.ts';

const candidates = ['/var/lib/jetsaga', '/var/tmp/jetsaga-root'];

/**
 * A folder outside every home that an unprivileged account can enter, for root, whose home is often closed to others.
 * It belongs to root and nobody else may write to it.
 */
export async function systemFolder(): Promise<string> {
  const refusals: string[] = [];
  for (const folder of candidates) {
    try {
      await mkdir(folder, { recursive: true, mode: 0o755 });
      const found = await lstat(folder);
      if (found.isDirectory() && found.uid === 0 && (found.mode & 0o022) === 0) return folder;
      refusals.push(`${folder}: not a folder that only root may write to`);
    } catch (error) {
      refusals.push(`${folder}: ${(error as Error).message}`);
    }
  }
  throw new EmbeddedServerError(
    'POSTGRES_NO_FOLDER',
    `Postgres may not run as root, and no folder that another account can enter could be made:\n  ${refusals.join('\n  ')}`,
    'Start as an ordinary user, set JETSAGA_HOME to a folder that everybody may enter, or name a Postgres of your own in DATABASE_URL.',
  );
}
