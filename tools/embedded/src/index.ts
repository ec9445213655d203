export { EmbeddedServerError } from './embedded-server-error.ts';
export type { EmbeddedServer, Log, ServerExit } from './embedded-server.ts';
export { startPostgres, type StartPostgresOptions } from './postgres/start-postgres.ts';
export { startNats, type NatsServer, type StartNatsOptions } from './nats/start-nats.ts';
