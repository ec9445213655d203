import { Client, type QueryConfig, type QueryResult } from 'pg';
import { connectionOptions } from '../connection-options.ts';

/*
 * Named statements keep the plan they were first given, and the first one is made while the tables are small: without
 * these settings that plan would be a sequential scan, and would stay one.
 */
const plannerSettings = ['enable_seqscan=off', 'enable_hashjoin=off', 'enable_mergejoin=off', 'jit=off'];

/* Longer than any statement may take: a server that is silent for so long is gone, although nobody closed the connection. */
const answerWithinMs = 30_000;

/* A process that stalls in the middle of a transaction must not hold its executions for long. */
const guardSettings = ['idle_in_transaction_session_timeout=15000', 'statement_timeout=20000'];

/**
 * One pipelined connection for one transaction at a time: the statements of a flush are written together and answered
 * together.
 *
 * Modes: closed → open (first `take`) → taken ⇄ open → closed (`close`, or the server went away; the next `take`
 * connects anew).
 */
export class HotConnection {
  private client: Client | null = null;
  private queue: Promise<void> = Promise.resolve();
  private closed = false;
  private readonly url: string;
  private readonly applicationName: string;

  constructor(url: string, applicationName: string) {
    this.url = url;
    this.applicationName = applicationName;
  }

  /** Waits its turn; the caller must call `release` exactly once. */
  async take(): Promise<{ flush: Flush; release: (broken: boolean) => void }> {
    let free!: () => void;
    const before = this.queue;
    this.queue = new Promise((resolve) => (free = resolve));
    await before;
    try {
      const client = await this.connected();
      return {
        flush: (statements) => flush(client, statements),
        release: (broken) => {
          if (broken) this.discard(client);
          free();
        },
      };
    } catch (error) {
      free();
      throw error;
    }
  }

  async close(): Promise<void> {
    this.closed = true;
    await this.queue;
    const client = this.client;
    this.client = null;
    if (client) await client.end().catch(() => undefined);
  }

  private async connected(): Promise<Client> {
    if (this.closed) throw new Error('the connection was closed');
    if (this.client) return this.client;
    const client = new Client({
      ...connectionOptions(this.url),
      application_name: this.applicationName,
      pipeline: true,
      keepAlive: true,
      query_timeout: answerWithinMs,
      connectionTimeoutMillis: 5_000,
      options: [...plannerSettings, ...guardSettings].map((setting) => `-c ${setting}`).join(' '),
    } as ConstructorParameters<typeof Client>[0]);
    client.on('error', () => this.discard(client));
    client.on('end', () => this.discard(client));
    await client.connect();
    this.client = client;
    return client;
  }

  private discard(client: Client): void {
    if (this.client !== client) return;
    this.client = null;
    client.end().catch(() => undefined);
  }
}

export type Flush = (statements: readonly (QueryConfig | string)[]) => Promise<QueryResult[]>;

/** All statements in one go; waits for every answer, then rejects with the first error. */
async function flush(client: Client, statements: readonly (QueryConfig | string)[]): Promise<QueryResult[]> {
  const answers = await Promise.allSettled(statements.map((statement) => client.query(statement)));
  return answers.map((answer) => {
    if (answer.status === 'rejected') throw answer.reason;
    return answer.value;
  });
}
