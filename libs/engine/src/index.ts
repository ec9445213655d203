export type { StartOrder, StartOutcome } from './start-order.ts';
