export interface NatsConfig {
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly storeFolder: string;
  readonly pidFile: string;
  readonly logFile: string;
  /** How often the store is synced to disk. Unset: the server's own default of two minutes; no promise rests on JetStream alone. */
  readonly syncInterval?: string;
}

/** The server's configuration file. Only what 2.9 knows. */
export function natsConfigText(config: NatsConfig): string {
  return `server_name: jetsaga
listen: "127.0.0.1:${config.port}"
pid_file: ${JSON.stringify(config.pidFile)}
log_file: ${JSON.stringify(config.logFile)}
log_size_limit: 10MB
logtime: true

authorization {
  user: ${JSON.stringify(config.user)}
  password: ${JSON.stringify(config.password)}
}

# Payloads over 256 KiB travel as claim checks; a batch of results may be larger than one.
max_payload: 8MB

jetstream {
  store_dir: ${JSON.stringify(config.storeFolder)}
${config.syncInterval ? `  sync_interval: ${JSON.stringify(config.syncInterval)}\n` : ''}}
`;
}
