import { Admissions } from './admissions.ts';
import { Commands } from './commands.ts';
import { Dispatcher } from './dispatcher.ts';
import type { EngineContext } from './engine-context.ts';
import { EventIntake } from './event-intake.ts';
import { PlanCache } from './plan-cache.ts';
import { QueueWindows } from './queue-windows.ts';
import { RateGate } from './rate-gate.ts';
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
  readonly admissions: Admissions;
  readonly rateGate: RateGate;
}

async function assemble(context: EngineContext) {
  const key = await context.store.setting('task_token_key');
  if (key === undefined) throw new Error('the setting task_token_key is missing from saga.settings: run the migrations');
  const plans = new PlanCache(context.store);
  const tokens = new TaskTokens(key);
  const dispatcher: Dispatcher = new Dispatcher(context, (event) => events.acceptOnce(event, `event:${event.source}`));
  const windows = new QueueWindows(context, () => dispatcher.sentLately);
  const starts = new Starts({ context, plans, dispatcher, tokens, windows });
  const events = new EventIntake(context, starts);
  return { plans, tokens, dispatcher, windows, starts, events, commands: new Commands(context) };
}

export async function startStartingEngine(context: EngineContext): Promise<StartingEngine> {
  const { dispatcher, windows, ...parts } = await assemble(context);
  return {
    ...parts,
    stop: async () => {
      await windows.stop();
      await parts.starts.stop();
      await dispatcher.stop();
    },
  };
}

export async function startCoordinatingEngine(context: EngineContext): Promise<CoordinatingEngine> {
  const { dispatcher, windows, ...parts } = await assemble(context);
  let timers: Timers | null = null;
  let gate: RateGate | null = null;
  const admissions = new Admissions(context, parts.starts);
  const loop = new SagaLoop({
    context,
    plans: parts.plans,
    dispatcher,
    tokens: parts.tokens,
    windows,
    timerSet: (dueAt) => timers?.noticed(dueAt),
    tasksHeld: (buckets) => gate?.noticed(buckets),
    slotsFreed: (groups) => admissions.noticed(groups),
  });
  windows.refillThrough((dispatch) =>
    loop.add({
      executionId: dispatch.executionId,
      scope: dispatch.scope,
      body: { kind: 'turn', dispatch },
      settle: () => undefined,
    }),
  );
  timers = new Timers(context, loop);
  const rateGate = (gate = new RateGate(context, loop));
  const reconciler = new Reconciler(context, loop, dispatcher, { admissions, rateGate });
  return {
    ...parts,
    loop,
    admissions,
    rateGate,
    stop: async () => {
      await timers.stop();
      await reconciler.stop();
      await admissions.stop();
      await windows.stop();
      await rateGate.stop();
      await parts.starts.stop();
      await loop.stop();
      await dispatcher.stop();
    },
  };
}
