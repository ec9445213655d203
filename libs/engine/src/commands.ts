import {
  commandPokeSchema,
  subjects,
  type Actor,
  type CommandBody,
  type CommandRecord,
  type OutboxMessage,
} from '@jetsaga/contracts';
import type { EngineContext } from './engine-context.ts';

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
}

/** Tells the coordinators that a command waits for them in Postgres. */
export function commandPoke({ id, executionId, body }: CommandRecord): OutboxMessage {
  return {
    subject: subjects.sagaCommand(body.kind),
    id: `command:${id}`,
    body: commandPokeSchema.parse({ v: 1, executionId }),
  };
}
