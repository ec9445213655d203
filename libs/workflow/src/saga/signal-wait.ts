import { parseDuration, type Json } from '@jetsaga/contracts';
import { inBrief } from './in-brief.ts';
import { longestWaitMs } from './step-timers.ts';

/** What a `wait_for_signal` waits for, its templates filled in. */
export interface SignalWait {
  readonly name: string;
  readonly timeoutMs: number | null;
}

const longestName = 200;

/** Reads the configuration of a wait, or says in words what is wrong with it. */
export function signalWait(config: Json): SignalWait | { readonly wrong: string } {
  const { name, timeout } = config as { name?: Json; timeout?: Json };
  if (typeof name !== 'string' || name === '' || name.length > longestName) {
    return { wrong: `name must be text of 1 to ${longestName} characters; it is ${inBrief(name)}` };
  }
  const timeoutMs = waitTimeoutMs(timeout);
  return typeof timeoutMs === 'object' && timeoutMs !== null ? timeoutMs : { name, timeoutMs };
}

/** Null: it waits for as long as it takes. */
export function waitTimeoutMs(timeout: Json | undefined): number | null | { readonly wrong: string } {
  if (timeout === undefined) return null;
  const ms = parseDuration(timeout);
  if (ms !== undefined && ms > 0 && ms <= longestWaitMs) return ms;
  return {
    wrong: `timeout must be a duration such as 30s, 5m or 3d, or seconds, at most a hundred years; it is ${inBrief(timeout)}`,
  };
}
