import { isAlive, parentOf, processCommand } from '@jetsaga/embedded';

const pollMs = 1_000;

/** The npm and pnpm processes, and the shells between them, that this process was started through. */
function launchers(): number[] {
  const chain: number[] = [];
  let lastLauncher = 0;
  for (let pid = process.ppid; pid > 1; pid = parentOf(pid) ?? 0) {
    chain.push(pid);
    if (/\b(npm|npx|pnpm)\b/.test(processCommand(pid) ?? '')) lastLauncher = chain.length;
    else if (chain.length > lastLauncher + 1) break;
  }
  return chain.slice(0, lastLauncher);
}

/**
 * Calls back when one of them is gone. `npx` does not pass SIGTERM on to what it started: whoever stops it wants the
 * platform stopped, and would otherwise leave it running unseen. Keeps Node running, which signal handlers do not.
 */
export function watchLaunchers(onGone: () => void): () => void {
  const watched = launchers();
  const timer = setInterval(() => {
    if (watched.every(isAlive)) return;
    clearInterval(timer);
    onGone();
  }, pollMs);
  return () => clearInterval(timer);
}
