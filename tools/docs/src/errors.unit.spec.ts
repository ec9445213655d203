import { describe, expect, it } from '@jest/globals';
import { executionStatuses, stepStatuses, streams } from '@jetsaga/contracts';
import { configurationVariables } from '@jetsaga/service';
import { problemCodes, warningCodes } from '@jetsaga/workflow';
import { codeSpans, tableRows } from './markdown.ts';
import { readText, sourceFiles } from './repository.ts';

/** Texts in capitals that are no codes of errors. A new code goes into docs/errors.md; anything else comes here. */
const noCodes = new Set<string>([
  ...executionStatuses,
  ...stepStatuses,
  ...Object.values(streams),
  ...Object.keys(configurationVariables),
  ...['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'],
  ...['BEGIN', 'COMMIT', 'ROLLBACK', 'DESC', 'UTC'],
  // Tokens of injection, and names of transports.
  ...['BLOB_STORE', 'CONFIGURATION', 'LOGGER', 'METRICS', 'NATS_CONNECTION', 'OPEN_DATABASE', 'JETSTREAM', 'MODEL_GATEWAY'],
  ...['COORDINATOR', 'INGESTION', 'EVALUATION', 'ACTIONS', 'TRAINING'],
  // Of other systems: Unicode, /etc/os-release, the AWS SDK, the YAML reader, Postgres, OpenTelemetry, the environment.
  ...['NFKC', 'NFKD', 'VERSION_CODENAME', 'WHEN_REQUIRED', 'RESOURCE_EXHAUSTION', 'PG_VERSION', 'XML', 'CERT'],
  ...[
    'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT',
    'OTEL_SDK_DISABLED',
    'OTEL_SERVICE_NAME',
    'AWS_REGION',
    'HOME',
    'PATH',
    'JETSAGA_URL',
  ],
  // Headings and words on the screen.
  ...['WORKFLOW', 'STATUS', 'STARTED', 'TOOK', 'ERROR', 'SENT', 'NATS', 'NAME'],
  ...['QUEUE', 'OLDEST', 'RUNNING', 'WORKER', 'WORKERS', 'CONCURRENCY', 'SERVICE', 'QUEUES', 'BUSY', 'HANDLERS'],
]);
const foreign = /^(E[A-Z0-9]+|EAI_AGAIN|ERR_\w+|FST_\w+|HPE_\w+|UND_ERR_\w+|SIG[A-Z]+)$/;

const inCode = new Set([
  ...problemCodes,
  ...warningCodes,
  ...sourceFiles().flatMap((path) =>
    [...readText(path).matchAll(/'([A-Z][A-Z0-9]+(?:_[A-Z0-9]+)*)'/g)].map((match) => match[1]!),
  ),
]);

/** Of which one status has the same name. */
const alsoStatuses = ['CANCELLED'];
const documented = new Set(
  tableRows(readText('docs/errors.md')).flatMap(([first]) =>
    codeSpans(first ?? '').filter((span) => /^[A-Z][A-Z0-9_]+$/.test(span)),
  ),
);

describe('codes of errors', () => {
  it('in the sources are in docs/errors.md', () => {
    const codes = [...inCode].filter(
      (code) => code.length > 2 && !noCodes.has(code) && (!foreign.test(code) || documented.has(code)),
    );
    expect(codes.filter((code) => !documented.has(code)).sort()).toEqual([]);
  });

  it('in docs/errors.md are in the sources', () => {
    expect([...documented].filter((code) => !inCode.has(code) || (noCodes.has(code) && !alsoStatuses.includes(code)))).toEqual(
      [],
    );
  });

  it('have a cause and a cure', () => {
    const thin = tableRows(readText('docs/errors.md')).filter((cells) => cells.slice(1).some((cell) => cell === ''));
    expect(thin).toEqual([]);
  });
});
