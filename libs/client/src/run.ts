import type { Json } from '@jetsaga/contracts';
import { durationMs } from './duration.ts';
import { readEventStream } from './event-stream.ts';
import { JetsagaError } from './jetsaga-error.ts';
import { level, type Server } from './server.ts';
import type { Execution, ExecutionEvent, HistoryItem, Page, Result, Scope, Step } from './shapes.ts';

const endings: ReadonlySet<string> = new Set(['completed', 'failed', 'cancelled', 'timed_out']);
const reconnectMs = 500;

export interface WaitOptions {
  /** Such as `5m`; absent: for as long as it takes. */
  readonly timeout?: string;
  readonly signal?: AbortSignal;
}

/** One execution. */
export class Run {
  readonly id: string;
  private readonly server: Server;

  constructor(server: Server, id: string) {
    this.server = server;
    this.id = id;
  }

  show(): Promise<Execution> {
    return this.server.json('GET', this.path());
  }

  steps(query: { path?: string; status?: string; scope?: string; cursor?: string; limit?: number } = {}): Promise<Page<Step>> {
    return this.server.json('GET', this.path('/steps'), { query });
  }

  /** Executions that its steps have started. */
  children(query: { cursor?: string; limit?: number } = {}): Promise<Page<Execution>> {
    return this.server.json('GET', this.path('/children'), { query });
  }

  /** How far groups and maps have come: the one at `path`, or those in the scope there. */
  scopes(path = ''): Promise<Page<Scope>> {
    return this.server.json('GET', this.path('/scopes'), { query: { path } });
  }

  history(query: { cursor?: string; limit?: number } = {}): Promise<Page<HistoryItem>> {
    return this.server.json('GET', this.path('/history'), { query });
  }

  /** Accepted when it resolves; the execution ends as soon as its running steps have. */
  async cancel(options: { reason?: string; compensate?: boolean } = {}): Promise<void> {
    await this.server.send('POST', this.path('/cancel'), { json: options });
  }

  /** Nothing new is scheduled until it is resumed; what runs finishes. */
  async pause(options: { reason?: string } = {}): Promise<void> {
    await this.server.send('POST', this.path('/pause'), { json: options });
  }

  async resume(): Promise<void> {
    await this.server.send('POST', this.path('/resume'), {});
  }

  /** Opens its failed, cancelled and undone steps again. `input`, by path of a step, is laid over the configurations. */
  async retry(options: { input?: Readonly<Record<string, { readonly [field: string]: Json }>> | undefined } = {}): Promise<void> {
    await this.server.send('POST', this.path('/retry'), { json: options });
  }

  /** A new execution from that node on, with the outputs of what completed before it. */
  async rerun(options: { from: string; version?: number; input?: Json }): Promise<Run> {
    const { executionId } = await this.server.json<{ executionId: string }>('POST', this.path('/rerun'), { json: options });
    return new Run(this.server, executionId);
  }

  /** Has an undo that failed tried again. */
  async retryCompensation(path: string, reason?: string): Promise<void> {
    await this.server.send('POST', this.path('/compensations/retry'), { json: { path, reason } });
  }

  /** Answers for an undo that failed: the execution ends without it. */
  async waiveCompensation(path: string, reason: string): Promise<void> {
    await this.server.send('POST', this.path('/compensations/waive'), { json: { path, reason } });
  }

  /** Durable when it resolves: kept until a step takes it or the execution ends. */
  async signal(name: string, payload: Json = null): Promise<void> {
    await this.server.send('POST', this.path(`/signals/${level(name)}`), { json: payload });
  }

  /** Removes it, once it has ended. */
  async delete(): Promise<void> {
    await this.server.send('DELETE', this.path());
  }

  /**
   * What happens to it, from the beginning (or after the sequence `after`) to its end. A connection that breaks is made again, and
   * nothing is missed or told twice. Rejects with a JetsagaError when the server refuses, or when `timeout` is over.
   */
  async *events(options: WaitOptions & { readonly after?: number } = {}): AsyncGenerator<ExecutionEvent> {
    const signal = signalOf(options);
    let response = await this.connect(options.after ?? 0, signal);
    for (let after = options.after ?? 0; ;) {
      const before = after;
      let broken = false;
      try {
        for await (const message of readEventStream(response.body!)) {
          const event = eventOf(message.event, message.data);
          yield event;
          after = event.seq ?? after;
          // An operator may have had it go on after an end.
          if (endings.has(event.name) && (await this.hasEnded())) return;
        }
      } catch (cause) {
        if (signal?.aborted) throw timedOut(cause);
        broken = true;
      }
      // The server has nothing to say about an execution that ended at or before `after`.
      if (!broken && after === before && (await this.hasEnded())) return;
      response = await this.reconnect(after, signal);
    }
  }

  /** Waits for the end. An execution that fails is a result too; only not to know the end rejects. */
  async result(options: WaitOptions = {}): Promise<Result> {
    const signal = signalOf(options);
    const soFar = await this.peek(signal);
    if (soFar !== undefined) return soFar;
    for await (const event of this.events({ signal })) {
      const result = endings.has(event.name) ? await this.peek(signal) : undefined;
      if (result !== undefined) return result;
    }
    const result = await this.peek(signal);
    if (result !== undefined) return result;
    throw new JetsagaError('NOT_TERMINAL', `execution ${this.id} went on after it had ended`);
  }

  private async peek(signal: AbortSignal | undefined): Promise<Result | undefined> {
    const response = await this.server.send('GET', this.path('/result'), { accept: [409], signal });
    const body: unknown = await response.json();
    return response.status === 409 ? undefined : (body as Result);
  }

  private async hasEnded(): Promise<boolean> {
    return (await this.peek(undefined).catch(() => undefined)) !== undefined;
  }

  private connect(after: number, signal: AbortSignal | undefined): Promise<Response> {
    const headers = { accept: 'text/event-stream', 'last-event-id': after > 0 ? String(after) : undefined };
    return this.server.send('GET', this.path('/events'), { headers, signal });
  }

  /** Tries for as long as the server is away. */
  private async reconnect(after: number, signal: AbortSignal | undefined): Promise<Response> {
    for (;;) {
      await new Promise((resolve) => setTimeout(resolve, reconnectMs));
      if (signal?.aborted) throw timedOut(signal.reason);
      try {
        return await this.connect(after, signal);
      } catch (error) {
        const away = error instanceof JetsagaError && (error.code === 'UNREACHABLE' || error.status === 503);
        if (!away) throw error;
      }
    }
  }

  private path(rest = ''): string {
    return `/v1/executions/${level(this.id)}${rest}`;
  }
}

function signalOf({ timeout, signal }: WaitOptions): AbortSignal | undefined {
  if (timeout === undefined) return signal;
  const limit = AbortSignal.timeout(durationMs(timeout));
  return signal === undefined ? limit : AbortSignal.any([limit, signal]);
}

function timedOut(cause: unknown): JetsagaError {
  return new JetsagaError('TIMEOUT', 'the time given was over before the execution ended', { cause });
}

function eventOf(name: string, text: string): ExecutionEvent {
  const { time, data } = JSON.parse(text) as { time: string; data: Record<string, never> };
  return {
    name,
    seq: name === 'step.progress' ? undefined : data['seq'],
    time,
    path: data['path'],
    attempt: data['attempt'],
    detail: data['detail'],
  };
}
