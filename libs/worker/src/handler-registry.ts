import type { HandlerDescription } from '@jetsaga/contracts';
import type { AnyHandler } from './define-handler.ts';

/** The handlers of one worker, by name and alias. Throws when two of them claim one name. */
export class HandlerRegistry {
  readonly descriptions: readonly HandlerDescription[];
  readonly queues: readonly string[];
  private readonly byName = new Map<string, AnyHandler>();

  constructor(handlers: readonly AnyHandler[]) {
    for (const handler of handlers) {
      const { name, aliases, queue } = handler.description;
      for (const each of [name, ...aliases]) {
        const other = this.byName.get(each);
        if (other) {
          throw new Error(
            `two handlers claim the name ${each}: ${other.description.name} (queue ${other.description.queue}) and ` +
              `${name} (queue ${queue}); rename one of them`,
          );
        }
        this.byName.set(each, handler);
      }
    }
    this.descriptions = handlers.map((handler) => handler.description);
    this.queues = [...new Set(this.descriptions.map((description) => description.queue))];
  }

  find(name: string): AnyHandler | undefined {
    return this.byName.get(name);
  }
}
