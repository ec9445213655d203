/** Receives one line of progress for a person to read. */
export type Log = (line: string) => void;

export interface ServerExit {
  /** True when it ended because `stop` or `kill` was called here. */
  readonly expected: boolean;
}

/**
 * A server process on this machine. It is detached: it outlives a killed parent and is adopted by the next start on the
 * same home.
 */
export interface EmbeddedServer {
  readonly name: 'postgres' | 'nats';
  /** Carries the credentials; a secret. */
  readonly url: string;
  readonly pid: number;
  readonly port: number;
  readonly version: string;
  /** It ran already when we came. */
  readonly adopted: boolean;
  /** Orderly; after a grace time by force. Resolves when the process is gone. */
  stop(): Promise<void>;
  /** As `kill -9` does it. For chaos tests. Resolves when the process is gone. */
  kill(): Promise<void>;
  /** Calls back once when the process is gone, whoever ended it. Returns how to stop listening. */
  onExit(listener: (exit: ServerExit) => void): () => void;
}
