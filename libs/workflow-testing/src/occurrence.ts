import { stepPath, type CommandBody, type DispatchRef, type TimerKey, type TimerRecord } from '@jetsaga/contracts';
import type { Report } from './run-stub.ts';
import type { Work } from './task-context.ts';

/** What is to happen: a handler is asked, a report arrives, a timer fires, an operator gives a command. */
export type Occurrence =
  | { readonly kind: 'task'; readonly ref: DispatchRef; readonly work: Work }
  | {
      readonly kind: 'report';
      readonly ref: DispatchRef;
      readonly startedAt: number;
      readonly report: () => Promise<Report>;
    }
  | { readonly kind: 'withdrawn'; readonly ref: DispatchRef }
  | { readonly kind: 'timer'; readonly timer: TimerRecord }
  | { readonly kind: 'command'; readonly id: string; readonly body: CommandBody };

/** Names what is on the agenda: one task and one report of each attempt, one timer of each kind. */
export function keyOf(
  what: 'task' | 'report',
  { scope, node, attempt }: Pick<DispatchRef, 'scope' | 'node' | 'attempt'>,
): string {
  return `${what} ${stepPath(scope, node)}#${attempt}`;
}

export function timerKeyOf({ scope, node, kind }: TimerKey): string {
  return `timer ${kind} ${stepPath(scope, node)}`;
}
