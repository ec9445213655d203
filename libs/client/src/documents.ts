import { level, type Server } from './server.ts';
import type { Document, Ingestion, Page, SearchHit } from './shapes.ts';

/** Documents of the ingestion service. */
export class Documents {
  private readonly server: Server;

  constructor(server: Server) {
    this.server = server;
  }

  /**
   * Sends a file and starts its ingestion. It is streamed: a Blob over a file (`fs.openAsBlob`) is never in memory as a whole.
   */
  ingest(file: Blob, options: { readonly name: string; readonly signal?: AbortSignal }): Promise<Ingestion> {
    const body = new FormData();
    body.append('file', file, options.name);
    return this.server.json('POST', '/v1/documents', { body, signal: options.signal });
  }

  list(query: { cursor?: string; limit?: number; status?: string } = {}): Promise<Page<Document>> {
    return this.server.json('GET', '/v1/documents', { query });
  }

  show(id: string): Promise<Document> {
    return this.server.json('GET', `/v1/documents/${level(id)}`);
  }

  async delete(id: string): Promise<void> {
    await this.server.send('DELETE', `/v1/documents/${level(id)}`);
  }

  search(query: {
    readonly query: string;
    readonly limit?: number;
    readonly mode?: 'vector' | 'text' | 'hybrid';
    readonly scoreThreshold?: number;
    readonly neighbours?: number;
    readonly documents?: readonly string[];
  }): Promise<Page<SearchHit>> {
    return this.server.json('POST', '/v1/search', { json: query });
  }
}
