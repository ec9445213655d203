import type { Json } from '@jetsaga/contracts';
import { isEventPattern } from '../definition/event-pattern.ts';
import { inBrief } from './in-brief.ts';
import { waitTimeoutMs } from './signal-wait.ts';

/** What a `wait_for_event` waits for, its templates filled in. */
export interface EventWait {
  /** Subject pattern after `events.`. */
  readonly pattern: string;
  readonly timeoutMs: number | null;
}

/** Reads the configuration of a wait, or says in words what is wrong with it. */
export function eventWait(config: Json): EventWait | { readonly wrong: string } {
  const { event, timeout } = config as { event?: Json; timeout?: Json };
  if (typeof event !== 'string' || !isEventPattern(event)) {
    return {
      wrong: `event must be levels of letters, digits, _ and -, joined by dots, with * for one and > at the end; it is ${inBrief(event)}`,
    };
  }
  const timeoutMs = waitTimeoutMs(timeout);
  return typeof timeoutMs === 'object' && timeoutMs !== null ? timeoutMs : { pattern: event, timeoutMs };
}
