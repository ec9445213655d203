import {
  commandPokeSchema,
  limits,
  subjects,
  type Actor,
  type CommandBody,
  type CommandRecord,
  type OutboxMessage,
  type Json,
} from '@jetsaga/contracts';
import type { EngineContext } from './engine-context.ts';
import type { TaskTokenSubject } from './task-token.ts';

/** Gives commands to executions: durable in Postgres first, then a poke, so that a coordinator looks at once. */
export class Commands {
  private readonly context: EngineContext;

  constructor(context: EngineContext) {
    this.context = context;
  }

  async give(command: { executionId: string; body: CommandBody; by: Actor }): Promise<'stored' | 'unknown' | 'wrong_state'> {
    const record: CommandRecord = { ...command, id: this.context.random.uuid(), at: this.context.clock.now() };
    const outcome = await this.context.store.storeCommand(record);
    if (outcome === 'stored') {
      // Not awaited: a poke that is lost is made up for by the reconciler.
      void this.context.bus.publish([commandPoke(record)]);
    }
    return outcome;
  }

  /** Completes a step in place of its worker. A large output becomes a claim check. */
  async completeTask(task: TaskTokenSubject & { output: Json; branch?: string; by: Actor }): ReturnType<Commands['give']> {
    const { executionId, path, attempt, branch, by } = task;
    const output = await this.context.claimChecks.check(task.output);
    return this.give({ executionId, body: { kind: 'complete_task', path, attempt, output, branch }, by });
  }

  /**
   * A signal is kept by the execution until a step takes it. A large payload becomes a claim check. `full`: the execution keeps so many already
   * that nothing was accepted.
   */
  async signal(signal: {
    executionId: string;
    name: string;
    payload: Json;
    by: Actor;
  }): Promise<Awaited<ReturnType<Commands['give']>> | 'full'> {
    const { executionId, name, by } = signal;
    if ((await this.context.store.signalBacklog(executionId)) >= limits.keptSignals) return 'full';
    const payload = await this.context.claimChecks.check(signal.payload);
    return this.give({ executionId, body: { kind: 'signal', name, payload }, by });
  }
}

/** Tells the coordinators that a command waits for them in Postgres. */
export function commandPoke({ id, executionId, body }: CommandRecord): OutboxMessage {
  return {
    subject: subjects.sagaCommand(body.kind),
    id: `command:${id}`,
    body: commandPokeSchema.parse({ v: 1, executionId }),
  };
}
