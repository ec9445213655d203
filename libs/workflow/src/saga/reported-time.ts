import type { Draft } from './draft.ts';

/** The last millisecond that is a date. Source: ECMA-262, Time Values and Time Range. */
const lastTime = 8_640_000_000_000_000;

/** A time as a worker's clock has it, in whole milliseconds; what is no time at all becomes the present one. */
export function reportedTime(draft: Draft, time: number): number {
  return time >= 0 && time <= lastTime ? Math.round(time) : draft.moment.at;
}
