import { describe, expect, it } from '@jest/globals';
import { readSettings } from './api-settings.ts';

const servers = { NATS_URL: 'nats://127.0.0.1:4222', DATABASE_URL: 'postgres://u:p@127.0.0.1/db' };

describe('access', () => {
  it('is with a key unless it is said otherwise', () => {
    expect(readSettings(servers).access).toEqual({ kind: 'required', apiKey: undefined });
    expect(readSettings({ ...servers, JETSAGA_API_KEY: 'k' }).access).toEqual({ kind: 'required', apiKey: 'k' });
  });

  it('is free in standalone on this machine only', () => {
    expect(readSettings({ ...servers, JETSAGA_STANDALONE: '1' }).access).toEqual({ kind: 'off' });
    expect(readSettings({ ...servers, JETSAGA_STANDALONE: '1', HOST: '0.0.0.0' }).access.kind).toBe('required');
    expect(readSettings({ ...servers, JETSAGA_STANDALONE: '1', JETSAGA_AUTH: 'required' }).access.kind).toBe('required');
  });

  it.each(['127.0.0.1', 'localhost', '::1'])('may be off on %s', (HOST) => {
    expect(readSettings({ ...servers, HOST, JETSAGA_AUTH: 'off' }).access).toEqual({ kind: 'off' });
  });

  it.each(['0.0.0.0', '::', '192.168.1.5', 'example.com', '127.0.0.1.example.com'])('may not be off on %s', (HOST) => {
    expect(() => readSettings({ ...servers, HOST, JETSAGA_AUTH: 'off' })).toThrow(/JETSAGA_AUTH: off is for a server/);
  });
});
