import { definitionSource, type DefinitionSource } from './definition/definition-source.ts';
import { level, type Server } from './server.ts';
import type { Definition, DefinitionDiff, DefinitionHead, Page, Receipt } from './shapes.ts';

export interface ApplyOptions {
  /** Absent: the server finds out. */
  readonly format?: 'yaml' | 'json';
  /** Handlers that no worker ever announced are warnings. */
  readonly allowUnknown?: boolean;
}

/** Definitions and their versions. */
export class Definitions {
  private readonly server: Server;

  constructor(server: Server) {
    this.server = server;
  }

  /** Checks it and makes it current; `changed` is false when it was so already. Rejects with every problem in `errors`. */
  async apply(source: DefinitionSource, options: ApplyOptions = {}): Promise<Receipt & { readonly changed: boolean }> {
    const response = await this.post(source, options, false);
    return { ...((await response.json()) as Receipt), changed: response.status === 201 };
  }

  /** Only checks it. Rejects with every problem in `errors`. */
  async validate(source: DefinitionSource, options: ApplyOptions = {}): Promise<Receipt> {
    return (await (await this.post(source, options, true)).json()) as Receipt;
  }

  list(query: { cursor?: string; limit?: number } = {}): Promise<Page<DefinitionHead>> {
    return this.server.json('GET', '/v1/definitions', { query });
  }

  show(key: string, version?: number): Promise<Definition> {
    const path = version === undefined ? '' : `/versions/${version}`;
    return this.server.json('GET', `/v1/definitions/${level(key)}${path}`);
  }

  /** Without versions, what the current one changed. */
  diff(key: string, versions: { from?: number; to?: number } = {}): Promise<DefinitionDiff> {
    return this.server.json('GET', `/v1/definitions/${level(key)}/diff`, { query: versions });
  }

  activate(key: string, version: number): Promise<Definition> {
    return this.server.json('POST', `/v1/definitions/${level(key)}/versions/${version}/activate`);
  }

  disable(key: string): Promise<Definition> {
    return this.server.json('POST', `/v1/definitions/${level(key)}/disable`);
  }

  enable(key: string): Promise<Definition> {
    return this.server.json('POST', `/v1/definitions/${level(key)}/enable`);
  }

  private post(definition: DefinitionSource, options: ApplyOptions, dryRun: boolean): Promise<Response> {
    const { source, format = options.format } = definitionSource(definition);
    const { allowUnknown } = options;
    return this.server.send('POST', '/v1/definitions', {
      query: { dryRun: dryRun || undefined, allowUnknown: allowUnknown || undefined },
      headers: { 'content-type': format === undefined ? 'text/plain' : `application/${format}` },
      body: source,
    });
  }
}
