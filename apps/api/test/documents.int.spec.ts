import { createHash } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { ServiceError, serveRequests, type Serving } from '@jetsaga/messaging';
import { echo } from './definitions-of-specs.ts';
import { TestApi } from './test-api.ts';

let api: TestApi;
const asked: { verb: string; body: Record<string, unknown> }[] = [];
let services: Serving[] = [];

beforeAll(async () => {
  api = await TestApi.start();
  await api.apply({
    ...echo,
    name: 'Listens to uploads',
    triggers: [{ event: 'documents.uploaded', input: { n: '{{ event.data.size }}' } }],
  });
}, 60_000);
afterAll(() => api.stop(), 60_000);
afterEach(async () => {
  await Promise.all(services.map((service) => service.stop()));
  services = [];
  asked.length = 0;
});

const id = '0198a0c0-0000-7000-8000-000000000001';

/** Plays the ingestion service. */
async function answer(verb: string, reply: (body: Record<string, unknown>) => unknown): Promise<void> {
  services.push(
    serveRequests(api.nats, `svc.ingestion.${verb}`, 'ingestion', (request) => {
      const body = request.json() as Record<string, unknown>;
      asked.push({ verb, body });
      return reply(body);
    }),
  );
  await api.nats.flush();
}

function upload(content: string | Uint8Array<ArrayBuffer>, name: string): Promise<Awaited<ReturnType<TestApi['request']>>> {
  const body = new FormData();
  body.append('file', new Blob([content], { type: 'text/plain' }), name);
  return api.request('POST', '/v1/documents', { body });
}

describe('an upload', () => {
  it('is stored, registered with the service, and starts what listens to it', async () => {
    await answer('register-document', () => ({ documentId: id, duplicateOf: null }));
    const { status, body } = await upload('hello', '../../etc/passwd');
    expect(status).toBe(201);
    const sha256 = createHash('sha256').update('hello').digest('hex');
    expect(body).toMatchObject({ documentId: id, name: 'passwd', size: 5, sha256, mediaType: 'text/plain', duplicateOf: null });
    expect(body.uri).toMatch(/^blob:uploads\//);
    expect(asked[0]!.body).toEqual({ uri: body.uri, size: 5, sha256, name: 'passwd', mediaType: 'text/plain' });
    expect((await api.get(`/v1/executions/${body.executionId}`)).body).toMatchObject({
      workflow: 'listens-to-uploads',
      input: { n: 5 },
    });
  });

  it('of an empty file is an upload', async () => {
    await answer('register-document', () => ({ documentId: id, duplicateOf: null }));
    expect(await upload('', 'nothing.txt')).toMatchObject({ status: 201, body: { size: 0 } });
  });

  it('is 503 while the service is away, and leaves nothing behind', async () => {
    expect(await upload('hello', 'a.txt')).toMatchObject({ status: 503, body: { code: 'SERVICE_UNAVAILABLE' } });
    expect(await api.blobs()).toHaveLength(2);
  });

  it('that is no form with a file is refused', async () => {
    expect(await api.post('/v1/documents', {})).toMatchObject({ status: 415 });
    const form = new FormData();
    form.append('name', 'x');
    expect(await api.request('POST', '/v1/documents', { body: form })).toMatchObject({ status: 422, body: { code: 'NO_FILE' } });
    const headers = { 'content-type': 'multipart/form-data' };
    expect((await api.request('POST', '/v1/documents', { body: 'x', headers })).status).toBe(400);
    const cut = { 'content-type': 'multipart/form-data; boundary=b' };
    const body = '--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nhel';
    const answered = await api.request('POST', '/v1/documents', { body, headers: cut });
    expect(answered).toMatchObject({ status: 400, body: { code: 'UNREADABLE' } });
  });
});

describe('documents', () => {
  it('are asked of the service, whose errors keep their codes', async () => {
    await answer('list-documents', () => ({ items: [{ id, name: 'a', status: 'completed' }], next: null }));
    expect((await api.get('/v1/documents?status=completed&limit=5')).body.items).toHaveLength(1);
    expect(asked[0]!.body).toEqual({ status: 'completed', limit: 5 });
    await answer('get-document', () => {
      throw new ServiceError('DOCUMENT_NOT_FOUND', 'there is no such document');
    });
    expect(await api.get(`/v1/documents/${id}`)).toMatchObject({ status: 404, body: { code: 'DOCUMENT_NOT_FOUND' } });
    expect((await api.get('/v1/documents/none')).status).toBe(404);
    await answer('delete-document', () => ({}));
    expect((await api.request('DELETE', `/v1/documents/${id}`)).status).toBe(204);
  });

  it('are searched', async () => {
    await answer('search', () => ({ hits: [{ chunkId: 'c', document: { id, name: 'a' }, page: 1, score: 1, text: 't' }] }));
    const { status, body } = await api.post('/v1/search', { query: 'what', limit: 3 });
    expect(status).toBe(200);
    expect(body).toMatchObject({ items: [{ chunkId: 'c' }], next: null });
    expect(await api.post('/v1/search', { query: ' ' })).toMatchObject({ status: 422 });
    expect(await api.post('/v1/search', { query: 'x', mode: 'magic' })).toMatchObject({ status: 422 });
  });
});
