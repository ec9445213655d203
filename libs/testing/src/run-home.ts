import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { processFingerprint } from '@jetsaga/embedded';

// When Jest is gone, however it went, every server of the run is stopped by its pid file (if that process is still one
// of ours), and the folder removed.
const caretaker = `
end() {
  [ -f "$2" ] || return 0
  pid=$(head -n 1 "$2")
  command=$(tr '\\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null || ps -ww -o command= -p "$pid" 2>/dev/null)
  case "$command" in *"$(dirname "$2")"*) kill "$1" "$pid" ;; esac
}
while kill -0 "$1" 2>/dev/null; do sleep 1; done
for home in "$2"/*; do
  end -KILL "$home/nats/nats.pid"
  cluster=$(readlink -f "$home/postgres") && end -QUIT "$cluster/data/postmaster.pid"
done
for round in 1 2 3 4 5; do
  sleep 1
  for home in "$2"/*; do rm -rf "$(readlink -f "$home/postgres")"; done
  rm -rf "$2" && exit
done
`;

let folder: Promise<string> | undefined;

/** The folder that this Jest run's servers live in, shared by its workers. It goes, with every server in it, when Jest does. */
export function runHome(): Promise<string> {
  folder ??= prepare();
  return folder;
}

async function prepare(): Promise<string> {
  const owner = runOwner();
  const name = createHash('sha256')
    .update(`${owner} ${processFingerprint(owner)}`)
    .digest('hex')
    .slice(0, 12);
  const path = join(tmpdir(), `jetsaga-test-${name}`);
  await mkdir(path, { recursive: true, mode: 0o711 });
  if (await isFirst(join(path, '.caretaker'))) {
    spawn('/bin/sh', ['-c', caretaker, 'jetsaga-test-caretaker', String(owner), path], {
      detached: true,
      stdio: 'ignore',
      cwd: '/',
    }).unref();
  }
  return path;
}

/** The process that the run lives and dies with: Jest itself, whether this spec runs inside it or in one of its workers. */
function runOwner(): number {
  const isWorker = process.argv[1]?.includes('jest-worker') ?? false;
  return isWorker ? process.ppid : process.pid;
}

async function isFirst(marker: string): Promise<boolean> {
  try {
    await writeFile(marker, '', { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}
