import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

export type { Counter, Gauge, Histogram } from 'prom-client';

export interface MetricOptions<Label extends string> {
  /** Without the prefix `jetsaga_`: `executions_started_total`. */
  readonly name: string;
  readonly help: string;
  /** Few, with bounded values: never an id. */
  readonly labels?: readonly Label[];
}

export interface HistogramOptions<Label extends string> extends MetricOptions<Label> {
  /** Upper bounds. Default: 1 ms to 60 s, in seconds. */
  readonly buckets?: readonly number[];
}

export interface GaugeOptions<Label extends string> extends MetricOptions<Label> {
  /** Asked when the metrics are read; sets the gauge. */
  readonly collect?: (gauge: Gauge<Label>) => void | Promise<void>;
}

const secondsBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

export interface Metrics {
  counter<Label extends string = never>(options: MetricOptions<Label>): Counter<Label>;
  gauge<Label extends string = never>(options: GaugeOptions<Label>): Gauge<Label>;
  histogram<Label extends string = never>(options: HistogramOptions<Label>): Histogram<Label>;
  /** The Prometheus text format, for `/metrics`. */
  render(): Promise<{ readonly contentType: string; readonly body: string }>;
}

/** A registry of its own; every name in it begins with `jetsaga_`. */
export function createMetrics(options: { readonly service?: string; readonly processMetrics?: boolean } = {}): Metrics {
  const registry = new Registry();
  if (options.service) registry.setDefaultLabels({ service: options.service });
  if (options.processMetrics) collectDefaultMetrics({ register: registry, prefix: 'jetsaga_' });
  const config = <Label extends string>({ name, help, labels }: MetricOptions<Label>) => ({
    name: `jetsaga_${name}`,
    help,
    labelNames: labels ?? [],
    registers: [registry],
  });
  return {
    counter: (metric) => new Counter(config(metric)),
    gauge: (metric) => {
      const { collect } = metric;
      if (!collect) return new Gauge(config(metric));
      return new Gauge({
        ...config(metric),
        collect() {
          return collect(this);
        },
      });
    },
    histogram: (metric) => new Histogram({ ...config(metric), buckets: [...(metric.buckets ?? secondsBuckets)] }),
    render: async () => ({ contentType: registry.contentType, body: await registry.metrics() }),
  };
}
