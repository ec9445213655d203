import { describe, expect, it } from '@jest/globals';
import { createMetrics } from './metrics.ts';

describe('createMetrics', () => {
  it('renders the Prometheus text format, with its prefix', async () => {
    const metrics = createMetrics({ service: 'spec' });
    metrics.counter({ name: 'executions_started_total', help: 'Executions started', labels: ['kind'] }).inc({ kind: 'api' }, 2);
    metrics.histogram({ name: 'step_duration_seconds', help: 'Step duration', buckets: [0.1, 1] }).observe(0.5);
    let depth = 3;
    metrics.gauge({ name: 'queue_depth', help: 'Tasks waiting', collect: (gauge) => gauge.set(depth) });
    depth = 7;
    const { contentType, body } = await metrics.render();
    expect(contentType).toContain('text/plain');
    expect(body).toContain('jetsaga_executions_started_total{kind="api",service="spec"} 2');
    expect(body).toContain('jetsaga_step_duration_seconds_bucket{le="1",service="spec"} 1');
    expect(body).toContain('jetsaga_queue_depth{service="spec"} 7');
  });

  it('gives every call a registry of its own', async () => {
    createMetrics().counter({ name: 'a_total', help: 'a' }).inc();
    const other = createMetrics();
    other.counter({ name: 'a_total', help: 'a' });
    expect((await other.render()).body).toContain('jetsaga_a_total 0');
  });

  it('tells of the process when asked to', async () => {
    const { body } = await createMetrics({ processMetrics: true }).render();
    expect(body).toContain('jetsaga_process_resident_memory_bytes');
  });
});
