export interface TelemetryOptions {
  /** `service.name` of everything this process exports, unless OTEL_SERVICE_NAME says otherwise. */
  readonly service: string;
  readonly environment?: NodeJS.ProcessEnv;
}

/** Sends what has not been sent yet and stops exporting. */
export type ShutdownTelemetry = () => Promise<void>;

/**
 * Exports traces by OTLP where an endpoint is named (the standard OTEL_* variables). Without one nothing is loaded, and
 * nothing costs. Call it before anything else in the process.
 */
export async function startTelemetry(options: TelemetryOptions): Promise<ShutdownTelemetry> {
  const environment = options.environment ?? process.env;
  const endpoint = environment['OTEL_EXPORTER_OTLP_ENDPOINT'] || environment['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'];
  if (!endpoint || environment['OTEL_SDK_DISABLED'] === 'true') return () => Promise.resolve();
  const { NodeSDK } = await import('@opentelemetry/sdk-node');
  // Metrics are scraped (`/metrics`) and logs are JSON lines: only traces are exported.
  const sdk = new NodeSDK({
    serviceName: environment['OTEL_SERVICE_NAME'] || options.service,
    metricReaders: [],
    logRecordProcessors: [],
    autoDetectResources: true,
  });
  sdk.start();
  return () => sdk.shutdown();
}
