import { spawnSync } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { currentTraceparent, inSpan, withTraceparent } from './trace-context.ts';
import { startTelemetry } from './start-telemetry.ts';
import { parseTraceparent } from './traceparent.ts';

const bodies: string[] = [];
const collector = createServer((request, response) => {
  const parts: Buffer[] = [];
  request.on('data', (part: Buffer) => parts.push(part));
  request.on('end', () => {
    bodies.push(`${request.url} ${Buffer.concat(parts).toString('latin1')}`);
    response.end('{}');
  });
});

beforeAll(() => new Promise<void>((resolve) => void collector.listen(0, '127.0.0.1', resolve)));
afterAll(() => new Promise<void>((resolve) => void collector.close(() => resolve())));

const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

describe('startTelemetry', () => {
  it('loads nothing without an endpoint', () => {
    const url = new URL('start-telemetry.ts', import.meta.url).href;
    const script = `
      import { registerHooks } from 'node:module';
      const asked = [];
      registerHooks({ resolve: (name, context, next) => (asked.push(name), next(name, context)) });
      const { startTelemetry } = await import(${JSON.stringify(url)});
      await (await startTelemetry({ service: 'spec', environment: JSON.parse(process.argv[1]) }))();
      console.log(asked.filter((name) => name.startsWith('@opentelemetry/sdk')).length > 0);`;
    const loads = (environment: Record<string, string>) => {
      const run = spawnSync(process.execPath, ['--input-type=module', '-e', script, JSON.stringify(environment)], {
        encoding: 'utf8',
      });
      expect(run.stderr).toBe('');
      return run.stdout.trim();
    };
    expect(loads({})).toBe('false');
    expect(loads({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1', OTEL_SDK_DISABLED: 'true' })).toBe('false');
    expect(loads({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1' })).toBe('true');
  });

  it('exports spans of the carried trace where an endpoint is named', async () => {
    const endpoint = `http://127.0.0.1:${(collector.address() as AddressInfo).port}`;
    process.env['OTEL_EXPORTER_OTLP_ENDPOINT'] = endpoint;
    const shutdown = await startTelemetry({ service: 'spec-service' });
    const within = await withTraceparent(traceparent, () =>
      inSpan('resize', { kind: 'consumer' }, async () => currentTraceparent()),
    );
    const ids = parseTraceparent(within);
    expect(ids?.traceId).toBe('0af7651916cd43dd8448eb211c80319c');
    expect(ids?.spanId).not.toBe('b7ad6b7169203331');
    await shutdown();
    delete process.env['OTEL_EXPORTER_OTLP_ENDPOINT'];
    const traces = bodies.filter((body) => body.startsWith('/v1/traces')).join('');
    expect(traces).toContain('resize');
    expect(traces).toContain('spec-service');
    expect(bodies.filter((body) => !body.startsWith('/v1/traces'))).toEqual([]);
  });
});
