import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The oldest that works: JetStream consumers as we make them came with it. */
export const oldestNatsVersion = '2.9.0';

/** Asks a binary for its version. Throws when it does not run here, is no nats-server, or is too old. */
export async function natsVersionOf(binary: string): Promise<string> {
  const { stdout } = await run(binary, ['--version'], { timeout: 10_000 });
  const version = /nats-server:? v?(\d+\.\d+\.\d+)/.exec(stdout)?.[1];
  if (!version) throw new Error(`it is no nats-server; asked for its version, it says ${JSON.stringify(stdout.slice(0, 100))}`);
  if (compareVersions(version, oldestNatsVersion) < 0) throw new Error(`version ${version} is older than ${oldestNatsVersion}`);
  return version;
}

/** Below zero when `a` is older than `b`. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [a, b].map((version) => version.split('.').map(Number));
  for (let i = 0; i < 3; i += 1) {
    const difference = (left?.[i] ?? 0) - (right?.[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
