import { commandPokeSchema, subjects, type CommandKind, type OutboxMessage, type Random } from '@jetsaga/contracts';

/** Pokes that have a coordinator look at the commands of these executions at once. The reconciler makes up for one that is lost. */
export function pokeMessages(executionIds: Iterable<string>, kind: CommandKind, random: Random): OutboxMessage[] {
  return [...new Set(executionIds)].map((executionId) => ({
    subject: subjects.sagaCommand(kind),
    id: `poke:${random.uuid()}`,
    body: commandPokeSchema.parse({ v: 1, executionId }),
  }));
}
