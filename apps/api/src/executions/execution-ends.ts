import { Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { subjects } from '@jetsaga/contracts';
import { LifecycleSource } from './lifecycle-source.ts';

const terminalEvents = ['completed', 'failed', 'cancelled', 'timed_out'] as const;

/** Sees every execution end from the moment it was made, until `close`. */
export interface EndWatch {
  /** True when the execution has ended since the watch began; false after `ms`, or when this process shuts down. */
  ended(executionId: string, ms: number): Promise<boolean>;
  close(): void;
}

/**
 * Tells when executions end, by the terminal lifecycle events of all executions: one subscription for the whole process costs
 * less than one per request. It is made with the first watch and kept.
 */
@Injectable()
export class ExecutionEnds implements BeforeApplicationShutdown {
  private readonly watches = new Set<(executionId: string) => void>();
  private readonly stopping = new AbortController();
  private readonly source: LifecycleSource;
  private subscribing: Promise<(() => void)[]> | undefined;

  constructor(source: LifecycleSource) {
    this.source = source;
  }

  async watch(): Promise<EndWatch> {
    await (this.subscribing ??= this.subscribe());
    const seen = new Set<string>();
    let awaited: { id: string; resolve: (ended: boolean) => void } | undefined;
    const onEnd = (id: string) => {
      if (awaited === undefined) seen.add(id);
      else if (awaited.id === id) awaited.resolve(true);
    };
    this.watches.add(onEnd);
    return {
      ended: (id, ms) => {
        if (seen.has(id)) return Promise.resolve(true);
        seen.clear();
        return this.settle(ms, (resolve) => (awaited = { id, resolve }));
      },
      close: () => this.watches.delete(onEnd),
    };
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    for (const end of (await this.subscribing) ?? []) end();
  }

  private settle(ms: number, arm: (resolve: (ended: boolean) => void) => void): Promise<boolean> {
    return new Promise((resolve) => {
      const finish = (ended: boolean) => {
        clearTimeout(timer);
        this.stopping.signal.removeEventListener('abort', stop);
        resolve(ended);
      };
      const stop = () => finish(false);
      const timer = setTimeout(stop, ms);
      this.stopping.signal.addEventListener('abort', stop);
      if (this.stopping.signal.aborted) stop();
      else arm(finish);
    });
  }

  private subscribe(): Promise<(() => void)[]> {
    const onMessage = (subject: string) => {
      const executionId = subject.split('.', 3)[2]!;
      for (const onEnd of this.watches) onEnd(executionId);
    };
    return Promise.all(terminalEvents.map((event) => this.source.subscribe(subjects.lifecycle('*', '*', event), onMessage)));
  }
}
