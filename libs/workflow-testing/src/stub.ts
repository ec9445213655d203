import type { AnyHandler, HandlerContext } from '@jetsaga/worker';
import type { JsonObject } from '@jetsaga/contracts';

/** What a stub knows besides its configuration: what a handler knows, and the virtual time. */
export interface StubContext extends HandlerContext {
  readonly handler: string;
  readonly now: Date;
}

/**
 * Stands in for a handler. What it returns is the output; an `Outcome` names a branch too, a `Deferred` leaves the step open, `later` and
 * `takes` answer at a later virtual time. What it throws fails the attempt, as in a worker: a `TerminalError` for good, anything else
 * until the retries are used up. Runs in no virtual time, and may be async. A parameter may be given a narrower type.
 */
export type Stub = { stub(config: JsonObject, context: StubContext): unknown }['stub'];

/** By name of the handler: a stub, or a `defineHandler` value, whose own code then runs with its schemas, branches and retries. */
export type Stubs = { readonly [handler: string]: Stub | AnyHandler };

export class Later {
  readonly after: string | number;
  readonly answer: unknown;

  constructor(after: string | number, answer: unknown) {
    this.after = after;
    this.answer = answer;
  }
}

export class Takes {
  readonly duration: string | number;
  readonly answer: unknown;

  constructor(duration: string | number, answer: unknown) {
    this.duration = duration;
    this.answer = answer;
  }
}

/**
 * The step is deferred, and completed after a virtual time: `later('3d', new Outcome({ by: 'ann' }, 'approved'))`. A function is called at that
 * time, and may throw.
 */
export function later(after: string | number, answer?: unknown): Later {
  return new Later(after, answer);
}

/** The handler works for a virtual time, and runs into the step's `timeout` where that is shorter. A function is called at the end of it. */
export function takes(duration: string | number, answer?: unknown): Takes {
  return new Takes(duration, answer);
}
