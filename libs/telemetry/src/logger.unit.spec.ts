import { describe, expect, it } from '@jest/globals';
import { createLogger, type LoggerOptions } from './logger.ts';
import { NestLogger } from './nest-logger.ts';
import { withTraceparent } from './trace-context.ts';

function recorded(options: Partial<LoggerOptions> = {}) {
  const lines: string[] = [];
  const log = createLogger({ name: 'spec', destination: { write: (line) => void lines.push(line) }, ...options });
  const objects = () => lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  return { log, lines, objects };
}

describe('createLogger', () => {
  it('writes one JSON object a line, with time, level and trace', () => {
    const { log, objects } = recorded();
    withTraceparent('00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', () =>
      log.info({ execution: 'e1', path: 'each[3]/embed' }, 'step began'),
    );
    expect(objects()).toEqual([
      expect.objectContaining({
        level: 'info',
        name: 'spec',
        msg: 'step began',
        execution: 'e1',
        path: 'each[3]/embed',
        trace_id: '0af7651916cd43dd8448eb211c80319c',
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      }),
    ]);
  });

  it('never shows secrets', () => {
    const { log, lines } = recorded({ redact: ['iban'] });
    log.info({ password: 'hunter2', headers: { authorization: 'Bearer hunter2', 'x-api-key': 'hunter2' } }, 'one');
    log.info({ request: { headers: { cookie: 'hunter2' }, iban: 'hunter2' }, apiKey: 'hunter2', path: 'kept' }, 'two');
    expect(lines.join('')).not.toContain('hunter2');
    expect(lines.join('')).toContain('[redacted]');
    expect(lines[1]).toContain('"path":"kept"');
  });

  it('keeps to its level', () => {
    const { log, lines } = recorded({ level: 'warn' });
    log.info('no');
    log.warn('yes');
    expect(lines).toHaveLength(1);
  });

  it('writes for people when asked to', () => {
    const { log, lines } = recorded({ pretty: true });
    log.warn({ execution: 'e1' }, 'watch out');
    expect(lines.join('')).toMatch(/WARN.*watch out/);
    expect(lines.join('')).toContain('execution: "e1"');
  });
});

describe('NestLogger', () => {
  it('keeps what Nest says, its part and its errors', () => {
    const { log, objects } = recorded({ level: 'debug' });
    const nest = new NestLogger(log);
    nest.log('listening', 'Bootstrap');
    nest.log('Mapped {/health, GET}', 'RouterExplorer');
    nest.error(new Error('broken'), 'Bootstrap');
    nest.error('broken', 'Error: broken\n    at x.ts:1', 'Bootstrap');
    expect(objects()).toMatchObject([
      { level: 'info', msg: 'listening', part: 'Bootstrap' },
      { level: 'debug', part: 'RouterExplorer' },
      { level: 'error', msg: 'broken', err: { message: 'broken', type: 'Error' } },
      { level: 'error', msg: 'broken', part: 'Bootstrap', stack: expect.stringContaining('x.ts:1') },
    ]);
  });
});
