import { Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { subjects } from '@jetsaga/contracts';
import { LifecycleSource } from './lifecycle-source.ts';

const terminalEvents = ['completed', 'failed', 'cancelled', 'timed_out'] as const;

/**
 * What a watch has to tell. `ended`: the execution has, since the watch began. `unsure`: it may have, events were missed; look, and
 * ask again. `over`: the time is, or this process shuts down.
 */
export type EndNews = 'ended' | 'unsure' | 'over';

/** Sees every execution end from the moment it was made, until `close`. */
export interface EndWatch {
  /** For one execution: the first call says which. */
  news(executionId: string, ms: number): Promise<EndNews>;
  close(): void;
}

interface Watcher {
  /** Ends seen before it was known which execution is meant. */
  readonly seen: Set<string>;
  missed: boolean;
  awaited: { readonly id: string; readonly tell: (news: EndNews) => void } | undefined;
}

/**
 * Tells when executions end, by the terminal lifecycle events of all executions: one subscription for the whole process costs
 * less than one per request. It is made with the first watch and kept.
 */
@Injectable()
export class ExecutionEnds implements BeforeApplicationShutdown {
  private readonly watchers = new Set<Watcher>();
  private readonly source: LifecycleSource;
  private subscribing: Promise<(() => void)[]> | undefined;
  private stopping = false;

  constructor(source: LifecycleSource) {
    this.source = source;
  }

  async watch(): Promise<EndWatch> {
    await (this.subscribing ??= this.subscribe());
    const watcher: Watcher = { seen: new Set(), missed: false, awaited: undefined };
    this.watchers.add(watcher);
    return {
      news: (executionId, ms) => this.news(watcher, executionId, ms),
      close: () => this.watchers.delete(watcher),
    };
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping = true;
    for (const watcher of this.watchers) watcher.awaited?.tell('over');
    for (const end of (await this.subscribing) ?? []) end();
  }

  private news(watcher: Watcher, id: string, ms: number): Promise<EndNews> {
    if (watcher.seen.has(id)) return Promise.resolve('ended');
    watcher.seen.clear();
    if (this.stopping) return Promise.resolve('over');
    if (watcher.missed) {
      watcher.missed = false;
      return Promise.resolve('unsure');
    }
    return new Promise((resolve) => {
      const tell = (news: EndNews) => {
        clearTimeout(timer);
        watcher.awaited = undefined;
        resolve(news);
      };
      const timer = setTimeout(() => tell('over'), ms);
      watcher.awaited = { id, tell };
    });
  }

  private subscribe(): Promise<(() => void)[]> {
    const listener = {
      message: (subject: string) => {
        const executionId = subject.split('.', 3)[2]!;
        for (const { seen, awaited } of this.watchers) {
          if (awaited === undefined) seen.add(executionId);
          else if (awaited.id === executionId) awaited.tell('ended');
        }
      },
      gap: () => {
        for (const watcher of this.watchers) {
          if (watcher.awaited === undefined) watcher.missed = true;
          else watcher.awaited.tell('unsure');
        }
      },
    };
    return Promise.all(terminalEvents.map((event) => this.source.subscribe(subjects.lifecycle('*', '*', event), listener)));
  }
}
