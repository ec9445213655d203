import type { Json } from '@jetsaga/contracts';
import { level, type Server } from './server.ts';
import type { Page, Task } from './shapes.ts';

export interface TaskSearch {
  readonly workflow?: string;
  readonly handler?: string;
  /** Id of one execution. */
  readonly execution?: string;
  readonly limit?: number;
  readonly cursor?: string;
}

/** Deferred steps: they wait to be completed or failed by their token. */
export class Tasks {
  private readonly server: Server;

  constructor(server: Server) {
    this.server = server;
  }

  /** Longest first. */
  list(query: TaskSearch = {}): Promise<Page<Task>> {
    return this.server.json('GET', '/v1/tasks', { query: { waiting: true, ...query } });
  }

  /** Durable when it resolves; done twice it is as if it were done once. */
  async complete(token: string, result: { readonly output?: Json; readonly branch?: string } = {}): Promise<void> {
    await this.act(token, 'complete', result);
  }

  /** Likewise. With `retryable` the step is tried again, by its retry policy. */
  async fail(
    token: string,
    error: { readonly code: string; readonly message: string; readonly details?: Json; readonly retryable?: boolean },
  ): Promise<void> {
    await this.act(token, 'fail', error);
  }

  /** Says that somebody is at work on it. Rejects with WRONG_STATE when nobody waits for it any more. */
  async heartbeat(token: string, options: { readonly note?: string } = {}): Promise<void> {
    await this.act(token, 'heartbeat', options);
  }

  private async act(token: string, verb: string, json: object): Promise<void> {
    await this.server.send('POST', `/v1/tasks/${level(token)}/${verb}`, { json });
  }
}
