import { Commands } from './commands.ts';
import { Dispatcher } from './dispatcher.ts';
import type { EngineContext } from './engine-context.ts';
import { EventIntake } from './event-intake.ts';
import { EventWaits } from './event-waits.ts';
import { PlanCache } from './plan-cache.ts';
import { Reconciler } from './reconciler.ts';
import { SagaLoop } from './saga-loop.ts';
import { Starts } from './starts.ts';
import { TaskTokens } from './task-token.ts';
import { Timers } from './timers.ts';

/** What every process that starts executions needs: the API, and the coordinator for what events start. */
export interface StartingEngine {
  readonly plans: PlanCache;
  readonly starts: Starts;
  readonly events: EventIntake;
  readonly commands: Commands;
  readonly tokens: TaskTokens;
  /** Resolves when everything accepted is committed, and everything committed is sent or left to the outbox. */
  stop(): Promise<void>;
}

/** All of it: decides about executions that run. */
export interface CoordinatingEngine extends StartingEngine {
  readonly loop: SagaLoop;
}

async function assemble(context: EngineContext) {
  const key = await context.store.setting('task_token_key');
  if (key === undefined) throw new Error('the setting task_token_key is missing from saga.settings: run the migrations');
  const plans = new PlanCache(context.store);
  const tokens = new TaskTokens(key);
  const waits = new EventWaits(context);
  const dispatcher: Dispatcher = new Dispatcher(context, {
    acceptEvent: (event) => events.acceptOnce(event, `event:${event.source}`),
    catchUp: (wait) => waits.catchUp(wait),
  });
  const starts = new Starts({ context, plans, dispatcher, tokens });
  const events = new EventIntake(context, starts, waits);
  return { plans, tokens, dispatcher, waits, starts, events, commands: new Commands(context) };
}

export async function startStartingEngine(context: EngineContext): Promise<StartingEngine> {
  const { dispatcher, waits: _waits, ...parts } = await assemble(context);
  return {
    ...parts,
    stop: async () => {
      await parts.starts.stop();
      await dispatcher.stop();
    },
  };
}

export async function startCoordinatingEngine(context: EngineContext): Promise<CoordinatingEngine> {
  const { dispatcher, waits, ...parts } = await assemble(context);
  let timers: Timers | null = null;
  const loop = new SagaLoop({
    context,
    plans: parts.plans,
    dispatcher,
    tokens: parts.tokens,
    timerSet: (dueAt) => timers?.noticed(dueAt),
  });
  timers = new Timers(context, loop);
  const reconciler = new Reconciler(context, loop, dispatcher, waits);
  return {
    ...parts,
    loop,
    stop: async () => {
      await timers.stop();
      await reconciler.stop();
      await parts.starts.stop();
      await loop.stop();
      await dispatcher.stop();
    },
  };
}
