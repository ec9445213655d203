import type { CloudEvent } from '../cloud-event.ts';
import type { CommandRecord } from '../command.ts';
import type { EventInterest, EventKey, WaitKey } from '../waiting.ts';

/** An event that executions under way may still come to wait for. */
export interface EventToKeep {
  /** `<source>#<id>`. */
  readonly identity: string;
  readonly event: CloudEvent;
  /** Executions that the event itself has started: it is none of those that they wait for. */
  readonly started: readonly string[];
}

export interface EventWaiter extends WaitKey {
  /** Subject pattern after `events.`, templates filled in. */
  readonly pattern: string;
}

export interface KeptEvent {
  readonly position: number;
  readonly event: CloudEvent;
}

/** Steps that wait for events, and the events that they may have missed. Each call is a transaction of its own. */
export interface EventWaitStore {
  /** What executions under way are interested in, each kind once. */
  interests(): Promise<readonly EventInterest[]>;
  /** Keeps an event under each of the keys, unless it is kept there already. */
  keep(keys: readonly EventKey[], event: EventToKeep): Promise<void>;
  /** Steps that wait for what has one of these keys, a page after the given one. */
  waiters(keys: readonly EventKey[], after: WaitKey | null, limit: number): Promise<readonly EventWaiter[]>;
  /** Gives commands that are not given yet, by id, to executions that are there. */
  give(commands: readonly CommandRecord[]): Promise<void>;
  /** Events with the key of this step's wait that came since the start of its execution, oldest first, after a position. */
  missedBy(wait: WaitKey, after: number, limit: number): Promise<readonly KeptEvent[]>;
  /** The wait has been given all events that it had missed. */
  caughtUp(wait: WaitKey): Promise<void>;
  /** Waits that began before that time and have not caught up. */
  waitsBehind(before: number, limit: number): Promise<readonly EventWaiter[]>;
  /** Forgets events that no execution under way can come to wait for. */
  forget(limit: number): Promise<void>;
}
