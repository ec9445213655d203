/*
 * What a service's providers and controllers may have injected, besides the class HealthChecks:
 * `constructor(@Inject(LOGGER) private readonly log: Logger)`.
 */

/** `Configuration` of every service's variables and of those that the service names. */
export const CONFIGURATION = Symbol('CONFIGURATION');
/** `Logger` of libs/telemetry. */
export const LOGGER = Symbol('LOGGER');
/** `Metrics` of libs/telemetry. */
export const METRICS = Symbol('METRICS');
/** `NatsConnection`, open until everything else is closed. */
export const NATS_CONNECTION = Symbol('NATS_CONNECTION');
/** `BlobStore` of libs/storage. */
export const BLOB_STORE = Symbol('BLOB_STORE');
/** `OpenDatabase`. */
export const OPEN_DATABASE = Symbol('OPEN_DATABASE');
