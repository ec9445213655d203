import { access, constants, mkdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { EmbeddedServerError } from './embedded-server-error.ts';

/** Makes the folder that all data lives in, closed to others, and returns its absolute path. */
export async function prepareHome(path: string): Promise<string> {
  const home = resolve(path);
  try {
    await mkdir(home, { recursive: true, mode: 0o700 });
    await mkdir(join(home, 'logs'), { recursive: true, mode: 0o700 });
    await access(home, constants.W_OK | constants.X_OK);
  } catch (cause) {
    const owner = await stat(home).then(
      (found) => ` It belongs to user ${found.uid}; this is user ${process.getuid?.()}.`,
      () => '',
    );
    throw new EmbeddedServerError(
      'HOME_NOT_WRITABLE',
      `the folder ${home} cannot be used: ${(cause as Error).message}.${owner}`,
      'Choose another folder with JETSAGA_HOME, or start as the user who owns this one.',
      { cause },
    );
  }
  return home;
}
