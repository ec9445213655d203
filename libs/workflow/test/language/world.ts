import type { Json } from '@jetsaga/contracts';

/** What a worker does with a task: so many retryable failures first, then this. */
export interface Behaviour {
  readonly failuresFirst: number;
  readonly then: 'complete' | 'fail';
  readonly branch: string | null;
}

/** What is settled before an execution begins: its input, and how handlers answer at each path. */
export interface World {
  readonly input: Json;
  behaviour(path: string): Behaviour;
}

/** What a handler gives when it completes. */
export function outputAt(path: string): Json {
  return `${path} done`;
}
