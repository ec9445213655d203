import { readdirSync, readFileSync } from 'node:fs';

const ticksPerSecond = 100;

interface ProcessTimes {
  readonly parent: number;
  readonly own: number;
  /** Of children that have ended and were waited for. */
  readonly children: number;
}

function timesOf(pid: string | number): ProcessTimes | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    const [parent = 0] = fields.slice(1);
    const [user = 0, system = 0, childUser = 0, childSystem = 0] = fields.slice(11);
    return { parent, own: (user + system) / ticksPerSecond, children: (childUser + childSystem) / ticksPerSecond };
  } catch {
    return undefined;
  }
}

/** CPU seconds of a process and its direct children, those that have ended included. Linux only. */
export function treeCpuSeconds(pid: number): number {
  const root = timesOf(pid);
  if (!root) return 0;
  const living = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => timesOf(name))
    .filter((times) => times?.parent === pid);
  return root.own + root.children + living.reduce((sum, times) => sum + (times?.own ?? 0), 0);
}

export function residentBytes(pid: number): number {
  try {
    return Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]) * 4_096;
  } catch {
    return 0;
  }
}
