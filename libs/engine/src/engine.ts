import { subjects } from '@jetsaga/contracts';
import { Commands } from './commands.ts';
import { Dispatcher } from './dispatcher.ts';
import type { EngineContext } from './engine-context.ts';
import { EventIntake } from './event-intake.ts';
import { NeededValues } from './needed-values.ts';
import { EventWaits } from './event-waits.ts';
import { PlanCache } from './plan-cache.ts';
import { Reconciler } from './reconciler.ts';
import { SagaLoop } from './saga-loop.ts';
import { ScheduleRunner } from './schedules/schedule-runner.ts';
import { Schedules } from './schedules/schedules.ts';
import { Starts } from './starts.ts';
import { TaskTokens } from './task-token.ts';
import { Timers } from './timers.ts';
import { Webhooks } from './webhooks.ts';

/** What every process that starts executions needs: the API, and the coordinator for what events start. */
export interface StartingEngine {
  readonly plans: PlanCache;
  readonly starts: Starts;
  readonly events: EventIntake;
  readonly commands: Commands;
  readonly schedules: Schedules;
  readonly webhooks: Webhooks;
  readonly tokens: TaskTokens;
  /** Resolves when everything accepted is committed, and everything committed is sent or left to the outbox. */
  stop(): Promise<void>;
}

/** All of it: decides about executions that run. */
export interface CoordinatingEngine extends StartingEngine {
  readonly loop: SagaLoop;
  /** A timer was set somewhere else: it is not slept through. */
  timerSet(dueAt: number): void;
}

async function assemble(context: EngineContext, timerSet: (dueAt: number) => void) {
  const key = await context.store.setting('task_token_key');
  if (key === undefined) throw new Error('the setting task_token_key is missing from saga.settings: run the migrations');
  const plans = new PlanCache(context.store);
  const tokens = new TaskTokens(key);
  const waits = new EventWaits(context);
  const dispatcher: Dispatcher = new Dispatcher(context, {
    acceptEvent: (event) => events.acceptOnce(event, `event:${event.source}`),
    catchUp: (wait) => waits.catchUp(wait),
  });
  const starts = new Starts({ context, plans, dispatcher, tokens, timerSet });
  const events = new EventIntake(context, starts, waits);
  const schedules = new Schedules({ context, plans, starts, events });
  const webhooks = new Webhooks(context, starts, events);
  return { plans, tokens, dispatcher, waits, starts, events, schedules, webhooks, commands: new Commands(context) };
}

/** Coordinators look for due timers that often by themselves. */
const soonMs = 1_000;

export async function startStartingEngine(context: EngineContext): Promise<StartingEngine> {
  const {
    dispatcher,
    waits: _waits,
    ...parts
  } = await assemble(context, (dueAt) => {
    if (dueAt - context.clock.now() < soonMs) context.bus.broadcast(subjects.timerSet, { v: 1, dueAt });
  });
  return {
    ...parts,
    stop: async () => {
      await parts.starts.stop();
      await dispatcher.stop();
    },
  };
}

export async function startCoordinatingEngine(context: EngineContext): Promise<CoordinatingEngine> {
  let timers: Timers | null = null;
  const timerSet = (dueAt: number) => timers?.noticed(dueAt);
  const { dispatcher, waits, ...parts } = await assemble(context, timerSet);
  const loop = new SagaLoop({
    context,
    plans: parts.plans,
    dispatcher,
    tokens: parts.tokens,
    values: new NeededValues(context, parts.starts),
    timerSet,
  });
  timers = new Timers(context, loop);
  dispatcher.tellTakenBack(({ executionId, scope, node, attempt, dispatch }) => {
    const body = { kind: 'withdrawn' as const, dispatch: { executionId, scope, node, attempt, dispatch } };
    void loop.submit({ executionId, scope, body });
  });
  const runner = new ScheduleRunner({ context, schedules: parts.schedules, starts: parts.starts, commands: parts.commands });
  const reconciler = new Reconciler(context, loop, dispatcher, waits);
  return {
    ...parts,
    loop,
    timerSet,
    stop: async () => {
      await timers.stop();
      await runner.stop();
      await reconciler.stop();
      await parts.starts.stop();
      await loop.stop();
      await dispatcher.stop();
    },
  };
}
