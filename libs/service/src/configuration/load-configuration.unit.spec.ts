import { describe, expect, it } from '@jest/globals';
import { configurationVariables, type VariableName } from './configuration-variables.ts';
import { ConfigurationInvalid, loadConfiguration } from './load-configuration.ts';

describe('loadConfiguration', () => {
  it('gives values of their types, and defaults', () => {
    const names = ['NATS_URL', 'PORT', 'SHUTDOWN_GRACE', 'WORKER_CONCURRENCY', 'LOG_LEVEL', 'S3_ENDPOINT'] as const;
    expect(loadConfiguration(names, { NATS_URL: 'nats://there', SHUTDOWN_GRACE: '2m', WORKER_CONCURRENCY: '25' })).toEqual({
      NATS_URL: 'nats://there',
      PORT: 8_000,
      SHUTDOWN_GRACE: 120_000,
      WORKER_CONCURRENCY: 25,
      LOG_LEVEL: 'info',
      S3_ENDPOINT: undefined,
    });
  });

  it('takes a bare number of SHUTDOWN_GRACE for seconds, and an empty variable for none', () => {
    expect(loadConfiguration(['SHUTDOWN_GRACE', 'HOST'], { SHUTDOWN_GRACE: '10', HOST: ' ' })).toEqual({
      SHUTDOWN_GRACE: 10_000,
      HOST: '127.0.0.1',
    });
  });

  it('lists every problem, each with its variable and what to do', () => {
    const environment = {
      PORT: 'http',
      WORKER_CONCURRENCY: '0',
      SHUTDOWN_GRACE: 'soon',
      LOG_LEVEL: 'loud',
      S3_ENDPOINT: 'minio:9000',
    };
    const names = [...(Object.keys(environment) as VariableName[]), 'NATS_URL', 'DATABASE_URL'] as const;
    let thrown: unknown;
    try {
      loadConfiguration(names, environment);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(ConfigurationInvalid);
    const { problems } = thrown as ConfigurationInvalid;
    expect(problems.map((problem) => problem.split(':')[0])).toEqual(names);
    expect(problems.at(-1)).toContain('pnpm infra');
    expect((thrown as Error).message).toContain("SHUTDOWN_GRACE: 'soon' is no duration");
  });
});

it('the default that is documented is the one that is used', () => {
  for (const [name, variable] of Object.entries(configurationVariables)) {
    if (!('default' in variable) || name.startsWith('OPENAI')) continue;
    const { schema } = variable;
    expect([name, schema.parse(undefined)]).toEqual([name, schema.parse(variable.default)]);
  }
});
