import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { connectNats, ServiceClient, type NatsConnection } from '@jetsaga/messaging';
import { startService, type RunningService } from '@jetsaga/service';
import { createTestDatabase, startTestNats, type TestDatabase, type TestServer } from '@jetsaga/testing';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ingestionService } from '../src/ingestion-service.ts';

// Servers and threads start here, on machines that have other things to do.
jest.setTimeout(30_000);

/* The service as a process runs it, on a real NATS and a real Postgres. */
let nats: TestServer;
let database: TestDatabase;
let home: string;
let running: RunningService;
let connection: NatsConnection;
let client: ServiceClient;

beforeAll(async () => {
  [nats, database, home] = await Promise.all([startTestNats(), createTestDatabase(), mkdtemp(join(tmpdir(), 'ingestion-'))]);
  running = await startService(ingestionService, {
    NATS_URL: nats.url,
    DATABASE_URL: database.url,
    JETSAGA_HOME: home,
    LOG_LEVEL: 'silent',
  });
  connection = await connectNats({ url: nats.url, name: 'spec' });
  client = new ServiceClient(connection);
}, 30_000);
afterAll(async () => {
  await connection.close();
  await running.stop();
  await Promise.all([nats.stop(), database.drop(), rm(home, { recursive: true, force: true })]);
});

const ask = (verb: string, body: Record<string, string | number>) => client.call('ingestion', verb, body, { timeoutMs: 5_000 });

describe('the ingestion service', () => {
  it('answers on svc.ingestion.<verb>', async () => {
    const sha256 = 'cd'.repeat(32);
    const registered = await ask('register-document', {
      uri: 'blob:uploads/ab/x',
      name: 'x.txt',
      mediaType: 'text/plain',
      size: 3,
      sha256,
    });
    expect(registered).toEqual({ documentId: expect.stringMatching(/^[0-9a-f-]{36}$/), duplicateOf: null });
    const { documentId } = registered as { documentId: string };
    expect(await ask('get-document', { documentId })).toMatchObject({ id: documentId, status: 'pending', name: 'x.txt' });
    expect(await ask('list-documents', { limit: 10 })).toMatchObject({ items: [{ id: documentId }], next: null });
    expect(await ask('search', { query: 'anything' })).toEqual({ hits: [] });
    expect(await ask('delete-document', { documentId })).toEqual({ documentId });
  });

  it('says what is wrong with a request', async () => {
    await expect(ask('get-document', { documentId: '0190a5c0-0000-7000-8000-00000000dead' })).rejects.toMatchObject({
      code: 'DOCUMENT_NOT_FOUND',
    });
    await expect(ask('get-document', { documentId: 'no id' })).rejects.toMatchObject({ code: 'INVALID_REQUEST' });
    await expect(ask('list-documents', { cursor: 'bm9uZQ' })).rejects.toMatchObject({ code: 'INVALID_CURSOR' });
  });

  it('is ready, and works on its queue', async () => {
    expect((await fetch(`${running.url}/health/ready`)).status).toBe(200);
    expect(running.worker?.id).toMatch(/^ingestion@/);
  });
});
