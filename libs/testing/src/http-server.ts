import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mustBeReleased } from './leak-check.ts';

export interface RecordedRequest {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** The body as JSON; throws when it is none. */
  json(): unknown;
}

/** What to answer: a body (an object is sent as JSON), a status with it, or nothing when the handler wrote the response itself. */
export interface HttpAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

export type HttpHandler = (request: RecordedRequest, response: ServerResponse) => HttpAnswer | void | Promise<HttpAnswer | void>;

export interface TestHttpServer {
  /** `http://127.0.0.1:<port>`, without a slash at the end. */
  readonly url: string;
  readonly port: number;
  /** Every request so far, in order of arrival. */
  readonly requests: readonly RecordedRequest[];
  /** Answers differently from now on. */
  answer(handler: HttpHandler): void;
  close(): Promise<void>;
}

/** A real HTTP server on a free loopback port. A handler that throws answers 500 with the message. */
export async function startHttpServer(handler: HttpHandler = () => ({ status: 200 })): Promise<TestHttpServer> {
  const requests: RecordedRequest[] = [];
  let current = handler;
  const server = createServer((incoming, response) => {
    void respond(incoming, response).catch((error: unknown) => send(response, { status: 500, body: String(error) }));
  });

  async function respond(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const request: RecordedRequest = {
      method: incoming.method ?? '',
      url: incoming.url ?? '',
      headers: incoming.headers,
      body,
      json: () => JSON.parse(body.toString()) as unknown,
    };
    requests.push(request);
    const answer = await current(request, response);
    if (answer) send(response, answer);
  }

  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const close = async () => {
    released();
    server.closeAllConnections();
    await new Promise<void>((resolve, reject) => server.close((error) => (error ? reject(error) : resolve())));
  };
  const released = mustBeReleased(`HTTP server on port ${port}`, close);
  return { url: `http://127.0.0.1:${port}`, port, requests, answer: (next) => void (current = next), close };
}

function send(response: ServerResponse, { status = 200, headers = {}, body }: HttpAnswer): void {
  if (response.headersSent || response.destroyed) return;
  const isPlain = body === undefined || typeof body === 'string' || body instanceof Uint8Array;
  response.writeHead(status, { ...(isPlain ? {} : { 'content-type': 'application/json' }), ...headers });
  response.end(isPlain ? body : JSON.stringify(body));
}
