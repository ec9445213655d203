import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { Dag, workflow } from '@jetsaga/client';
import type { Json } from '@jetsaga/contracts';
import { canonicalJson, checkDefinition, parseDefinition } from '@jetsaga/workflow';
import { filesBelow, readText, root } from './repository.ts';

const written = filesBelow('examples/workflows', (path) => path.endsWith('.ts'));
const twins = written.map((path): [string, string] => [path, `examples/${basename(path, '.ts')}.yaml`]);

async function builtBy(path: string): Promise<Json> {
  const face = (await import(pathToFileURL(join(root, path)).href)) as { default: unknown };
  if (!(face.default instanceof Dag)) throw new Error(`${path} has no workflow as its default export`);
  return face.default.toJSON() as Json;
}

/** The examples that have the same definition in YAML beside them. */
const inBoth = twins.filter(([, yaml]) => filesBelow('examples', (path) => path === yaml).length > 0);

describe('definitions in TypeScript', () => {
  it.each(inBoth)('%s is the same document as %s', async (path, yaml) => {
    const parsed = parseDefinition(readText(yaml), 'yaml');
    const built = parseDefinition(JSON.stringify(await builtBy(path)), 'json');
    const [asYaml, asBuilt] = [checkDefinition(parsed, null), checkDefinition(built, null)];
    expect(asBuilt.problems).toEqual([]);
    expect(asBuilt.definition?.document).toEqual(asYaml.definition?.document);
    expect(canonicalJson(asBuilt.definition!.document)).toBe(canonicalJson(asYaml.definition!.document));
    expect(asBuilt.definition?.hash).toBe(asYaml.definition?.hash);
  });

  it.each(written)('%s is right', async (path) => {
    const { problems } = checkDefinition(parseDefinition(JSON.stringify(await builtBy(path)), 'json'), null);
    expect(problems).toEqual([]);
  });

  it('are there for the first examples', () => {
    const names = inBoth.map(([path]) => basename(path, '.ts'));
    expect(names).toEqual(
      expect.arrayContaining(['check-links', 'document-ingestion', 'hello', 'platform-report', 'triage', 'welcome']),
    );
  });

  it('say the whole language: triggers, scopes, retries, undo', () => {
    const yaml = `
name: Document intake
input: { type: object, required: [uri], properties: { uri: { type: string }, reviewer: { type: string } } }
triggers:
  - event: documents.uploaded
    filter: event.data.size < 50000000
    input: { uri: "{{ event.data.uri }}" }
  - { schedule: "0 6 * * *", timezone: Europe/Berlin, overlap: skip, input: { uri: daily } }
  - { webhook: intake, verify: { type: hmac, secret: "{{ secrets.INTAKE }}" } }
timeout: 2h
onFailure: leave
concurrency: { key: "{{ input.uri }}", limit: 1, onConflict: queue }
dag:
  nodes:
    - { id: parse, handler: parse_document, config: { uri: "{{ input.uri }}" } }
    - { id: chunk, handler: chunk_text, dependencies: [parse], config: { document: "{{ parse.output.documentId }}" } }
    - id: embed
      handler: map
      dependencies: [chunk]
      items: "{{ chunk.output.batches }}"
      maxConcurrency: 8
      nodes:
        - { id: vectors, handler: embed_chunks, config: { chunks: "{{ item }}" }, retry: { retries: 5 } }
    - id: review
      handler: seek_approval
      dependencies: [embed]
      when: has(input.reviewer)
      config: { approvers: ["{{ input.reviewer }}"], timeout: 72h }
      rateLimit: { key: reviews, limit: 10, per: 1m }
    - id: publish
      handler: emit_event
      dependencies: [{ node: review, on: approved }]
      config: { type: documents.published, data: { id: "{{ parse.output.documentId }}" } }
      compensate: { handler: emit_event, config: { type: documents.withdrawn } }
output: { documentId: "{{ parse.output.documentId }}" }
`;
    const built = workflow('Document intake', {
      input: {
        type: 'object',
        required: ['uri'],
        properties: { uri: { type: 'string' }, reviewer: { type: 'string' } },
      },
      triggers: [
        { event: 'documents.uploaded', filter: 'event.data.size < 50000000', input: { uri: '{{ event.data.uri }}' } },
        { schedule: '0 6 * * *', timezone: 'Europe/Berlin', overlap: 'skip', input: { uri: 'daily' } },
        { webhook: 'intake', verify: { type: 'hmac', secret: '{{ secrets.INTAKE }}' } },
      ],
      timeout: '2h',
      onFailure: 'leave',
      concurrency: { key: '{{ input.uri }}', limit: 1, onConflict: 'queue' },
      output: { documentId: '{{ parse.output.documentId }}' },
    })
      .node('parse', 'parse_document', { config: { uri: '{{ input.uri }}' } })
      .node('chunk', 'chunk_text', { dependencies: ['parse'], config: { document: '{{ parse.output.documentId }}' } })
      .map('embed', { dependencies: ['chunk'], items: '{{ chunk.output.batches }}', maxConcurrency: 8 }, (body) =>
        body.node('vectors', 'embed_chunks', { config: { chunks: '{{ item }}' }, retry: { retries: 5 } }),
      )
      .node('review', 'seek_approval', {
        dependencies: ['embed'],
        when: 'has(input.reviewer)',
        config: { approvers: ['{{ input.reviewer }}'], timeout: '72h' },
        rateLimit: { key: 'reviews', limit: 10, per: '1m' },
      })
      .node('publish', 'emit_event', {
        dependencies: [{ node: 'review', on: 'approved' }],
        config: { type: 'documents.published', data: { id: '{{ parse.output.documentId }}' } },
        compensate: { handler: 'emit_event', config: { type: 'documents.withdrawn' } },
      });
    const parsed = parseDefinition(yaml, 'yaml');
    if (!parsed.readable) throw new Error('the YAML is not readable');
    expect(canonicalJson(built.toJSON())).toBe(canonicalJson(parsed.document));
  });
});
