import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { echo, waiting, workHandler } from './definitions-of-specs.ts';
import { TestApi } from './test-api.ts';

interface Message {
  id: string;
  event: string;
  data: { type: string; data: { seq: number; path?: string } };
}

let api: TestApi;

beforeAll(async () => {
  api = await TestApi.start();
  await api.announce(workHandler);
  await api.apply(echo);
  await api.apply(waiting);
}, 60_000);
afterAll(() => api.stop(), 60_000);

async function open(id: string, lastEventId?: string): Promise<Response> {
  return fetch(`${api.url}/v1/executions/${id}/events`, {
    headers: lastEventId === undefined ? {} : { 'last-event-id': lastEventId },
  });
}

/** Reads until the server closes, or until `stop` says that it is enough. */
async function read(response: Response, stop: (message: Message) => boolean = () => false): Promise<Message[]> {
  const found: Message[] = [];
  let text = '';
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    const blocks = text.split('\n\n');
    text = blocks.pop()!;
    for (const block of blocks.filter((each) => !each.startsWith(':'))) {
      const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(block)![1]!;
      found.push({ id: field('id'), event: field('event'), data: JSON.parse(field('data')) });
      if (stop(found.at(-1)!)) return found;
    }
  }
  return found;
}

const start = async (key: string) =>
  (await api.post(`/v1/definitions/${key}/executions`, { input: { n: 1 } })).body.executionId as string;

describe('the events of an execution', () => {
  it('are its whole history when it has ended, and then the stream closes', async () => {
    const id = await start('echo');
    const response = await open(id);
    expect(response.headers.get('content-type')).toMatch('text/event-stream');
    const messages = await read(response);
    const history = (await api.get(`/v1/executions/${id}/history`)).body.items;
    expect(messages.map((message) => Number(message.id))).toEqual(history.map((entry: { seq: number }) => entry.seq));
    expect(messages[0]).toMatchObject({
      event: 'started',
      data: { specversion: '1.0', type: 'workflow.started', data: { executionId: id } },
    });
    expect(messages.at(-1)!.event).toBe('completed');
  });

  it('come live, one by one, up to the end', async () => {
    const id = await start('waiting');
    const response = await open(id);
    const reading = read(response, (message) => message.event === 'step.queued');
    await reading;
    const rest = read(await open(id));
    await api.finish(id, 'work', { output: 1 });
    const messages = await rest;
    expect(messages.map((message) => message.event)).toEqual(
      expect.arrayContaining(['started', 'step.queued', 'step.completed', 'completed']),
    );
    expect(messages.at(-1)!.event).toBe('completed');
    expect(new Set(messages.map((message) => message.id)).size).toBe(messages.length);
  });

  it('go on after Last-Event-ID, with nothing twice and nothing left out', async () => {
    const id = await start('waiting');
    await api.finish(id, 'work');
    const all = await read(await open(id));
    for (const [index, message] of all.entries()) {
      expect(await read(await open(id, message.id))).toEqual(all.slice(index + 1));
    }
    expect(await read(await open(id, 'garbage'))).toEqual(all);
  });

  it('end for many listeners at the same time', async () => {
    const id = await start('waiting');
    const listeners = await Promise.all(Array.from({ length: 50 }, () => open(id)));
    const readings = listeners.map((listener) => read(listener));
    await api.finish(id, 'work');
    for (const messages of await Promise.all(readings)) expect(messages.at(-1)!.event).toBe('completed');
  });

  it('have a head that does not wait for them', async () => {
    const response = await fetch(`${api.url}/v1/executions/${await start('waiting')}/events`, { method: 'HEAD' });
    expect(response.headers.get('content-type')).toMatch('text/event-stream');
  });

  it('stop when the listener goes away', async () => {
    const id = await start('waiting');
    const abort = new AbortController();
    const response = await fetch(`${api.url}/v1/executions/${id}/events`, { signal: abort.signal });
    await read(response, () => true).catch(() => undefined);
    abort.abort();
    await api.finish(id, 'work');
    expect((await api.get('/health/ready')).status).toBe(200);
  });
});
