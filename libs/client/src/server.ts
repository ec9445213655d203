import { errorOf, JetsagaError } from './jetsaga-error.ts';

export interface ServerOptions {
  /** Of the API, such as `http://127.0.0.1:8000`. */
  readonly url: string;
  readonly apiKey?: string;
  readonly fetch?: typeof fetch;
}

export interface Call {
  readonly query?: Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly json?: unknown;
  readonly body?: string | FormData;
  readonly signal?: AbortSignal;
  /** Statuses of 400 and above that are an answer here, not an error. */
  readonly accept?: readonly number[];
}

/** One Jetsaga server over HTTP. Every failure is a JetsagaError. */
export class Server {
  private readonly base: string;
  private readonly apiKey: string | undefined;
  private readonly fetch: typeof fetch;

  constructor(options: ServerOptions) {
    if (!URL.canParse(options.url)) throw new JetsagaError('INVALID_URL', `${options.url} is not the address of a server`);
    this.base = options.url.replace(/\/+$/, '');
    this.apiKey = options.apiKey;
    this.fetch = options.fetch ?? fetch;
  }

  async json<T>(method: string, path: string, call: Call = {}): Promise<T> {
    const response = await this.send(method, path, call);
    try {
      return (await response.json()) as T;
    } catch (cause) {
      throw unreachable(this.base, cause, call.signal);
    }
  }

  async send(method: string, path: string, call: Call = {}): Promise<Response> {
    const headers = new Headers({ accept: 'application/json' });
    if (this.apiKey !== undefined) headers.set('authorization', `Bearer ${this.apiKey}`);
    if (call.json !== undefined) headers.set('content-type', 'application/json');
    for (const [name, value] of Object.entries(call.headers ?? {})) if (value !== undefined) headers.set(name, value);
    const init: RequestInit = { method, headers, signal: call.signal };
    const body = call.json === undefined ? call.body : JSON.stringify(call.json);
    if (body !== undefined) init.body = body;
    let response: Response;
    try {
      response = await this.fetch(`${this.base}${path}${queryString(call.query)}`, init);
    } catch (cause) {
      throw unreachable(this.base, cause, call.signal);
    }
    if (response.status >= 400 && !call.accept?.includes(response.status)) throw await errorOf(response);
    return response;
  }
}

function unreachable(base: string, cause: unknown, signal: AbortSignal | undefined): JetsagaError {
  if (signal?.aborted) return new JetsagaError('TIMEOUT', 'the time given was over before the server answered', { cause });
  const reason = cause instanceof Error && cause.cause instanceof Error ? cause.cause.message : String(cause);
  return new JetsagaError('UNREACHABLE', `no Jetsaga server answers at ${base} (${reason}); is it running?`, { cause });
}

function queryString(query: Call['query']): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value === undefined) continue;
    parameters.set(name, Array.isArray(value) ? value.join(',') : String(value));
  }
  const text = parameters.toString();
  return text === '' ? '' : `?${text}`;
}

/** One level of a path: what a key or an id may hold never becomes another level. */
export function level(text: string): string {
  return encodeURIComponent(text);
}
