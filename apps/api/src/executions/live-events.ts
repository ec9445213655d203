import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { isTerminalExecution, subjects, type ExecutionRecord, type HistoryEntry } from '@jetsaga/contracts';
import { cloudEventOf, eventName, isEnd } from './event-view.ts';
import { ExecutionReads } from './execution-reads.ts';
import { LifecycleSource } from './lifecycle-source.ts';

/** Proxies close what is silent for longer; it is also how long a lost lifecycle message can hide something. */
const heartbeatMs = 10_000;
const entriesPerRead = 500;

/**
 * An execution's history as server-sent events, from a sequence on and then live, until the execution has ended.
 * What is sent is always read from history, in its order; lifecycle messages only say when there is more to read, so that one
 * that is lost, late or double does no harm. Progress, which history does not record, is relayed as it comes, without an id.
 */
@Injectable()
export class LiveEvents implements BeforeApplicationShutdown {
  private readonly stopping = new AbortController();
  private readonly reads: ExecutionReads;
  private readonly source: LifecycleSource;

  constructor(reads: ExecutionReads, source: LifecycleSource) {
    this.reads = reads;
    this.source = source;
  }

  beforeApplicationShutdown(): void {
    this.stopping.abort();
  }

  /** Writes until the end of the execution, of the connection or of this process. */
  async stream(execution: ExecutionRecord, after: number, response: ServerResponse): Promise<void> {
    const closed = new AbortController();
    const signal = AbortSignal.any([closed.signal, this.stopping.signal]);
    response.once('close', () => closed.abort());
    const bell = new Bell();
    response.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache, no-transform',
      'x-accel-buffering': 'no',
      connection: 'close',
    });
    response.write(': the events of one execution; ids are history sequences\n\n');
    const unsubscribe = await this.source.subscribe(subjects.lifecycleOf(execution.id), {
      message: (subject, body) => {
        if (subject.endsWith('.step.progress')) response.write(`event: step.progress\ndata: ${Buffer.from(body).toString()}\n\n`);
        else bell.ring();
      },
      gap: () => bell.ring(),
    });
    try {
      await this.follow(execution, after, response, bell, signal);
    } finally {
      unsubscribe();
      response.end();
    }
  }

  private async follow(execution: ExecutionRecord, after: number, response: ServerResponse, bell: Bell, signal: AbortSignal) {
    for (let seen = after; !signal.aborted;) {
      bell.reset();
      const entries = await this.reads.history(execution.id, seen, entriesPerRead);
      for (const entry of entries) await send(execution, entry, response, signal);
      seen = entries.at(-1)?.seq ?? seen;
      if (entries.length >= entriesPerRead) continue;
      const last = entries.at(-1);
      if (last === undefined ? await this.isOver(execution, seen) : isEnd(last)) return;
      const rang = await bell.heard(heartbeatMs, signal);
      if (!rang && !signal.aborted) response.write(': still there\n\n');
    }
  }

  /** True when the execution has ended and all of its history was sent, or when it was deleted. */
  private async isOver(execution: ExecutionRecord, seen: number): Promise<boolean> {
    const now = await this.reads.find(execution.id);
    return now === undefined || (isTerminalExecution(now.status) && now.historySeq <= seen);
  }
}

async function send(
  execution: ExecutionRecord,
  entry: HistoryEntry,
  response: ServerResponse,
  signal: AbortSignal,
): Promise<void> {
  if (signal.aborted) return;
  const event = JSON.stringify(cloudEventOf(execution, entry));
  if (response.write(`id: ${entry.seq}\nevent: ${eventName(entry)}\ndata: ${event}\n\n`)) return;
  await once(response, 'drain', { signal }).catch(() => undefined);
}

/** Remembers that it rang until it is asked. */
class Bell {
  private rang = false;
  private wake: (() => void) | undefined;

  ring(): void {
    this.rang = true;
    this.wake?.();
  }

  reset(): void {
    this.rang = false;
  }

  /** True as soon as it rings or has rung since `reset`; false after `ms` or when the signal fires. */
  heard(ms: number, signal: AbortSignal): Promise<boolean> {
    if (this.rang || signal.aborted) return Promise.resolve(this.rang);
    return new Promise((resolve) => {
      const finish = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', finish);
        this.wake = undefined;
        resolve(this.rang);
      };
      const timer = setTimeout(finish, ms);
      signal.addEventListener('abort', finish);
      this.wake = finish;
    });
  }
}
