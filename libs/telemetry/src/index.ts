export { createLogger, type Logger, type LoggerOptions, type LogLevel } from './logger.ts';
export { NestLogger } from './nest-logger.ts';
export { childTraceparent, formatTraceparent, newTraceparent, parseTraceparent, type TraceIds } from './traceparent.ts';
export { currentTraceparent, inSpan, traceFields, withTraceparent, type SpanOptions } from './trace-context.ts';
export { startTelemetry, type ShutdownTelemetry, type TelemetryOptions } from './start-telemetry.ts';
export {
  createMetrics,
  type Counter,
  type Gauge,
  type GaugeOptions,
  type Histogram,
  type HistogramOptions,
  type MetricOptions,
  type Metrics,
} from './metrics.ts';
