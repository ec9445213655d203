import { workflow } from '@jetsaga/client';

/** The same definition as examples/document-ingestion.yaml. */
export default workflow('Document ingestion', {
  description:
    'Reads an uploaded file, cuts its text into chunks, embeds them and makes them searchable. A file that cannot be ' +
    'ingested ends as a failed document and a failed execution, both with the reason.',
  labels: { service: 'ingestion' },
  input: {
    type: 'object',
    required: ['uri'],
    properties: {
      uri: { type: 'string', minLength: 1, description: 'blob:, file: or https: address of the file' },
      documentId: {
        type: ['string', 'null'],
        description: 'The registered document; made from the address when absent',
      },
      name: { type: ['string', 'null'] },
      mediaType: { type: ['string', 'null'] },
    },
  },
  triggers: [
    {
      event: 'documents.uploaded',
      input: {
        uri: '{{ event.data.uri }}',
        documentId: '{{ default(event.data.documentId, null) }}',
        name: '{{ default(event.data.name, null) }}',
        mediaType: '{{ default(event.data.mediaType, null) }}',
      },
    },
  ],
  output: {
    documentId: '{{ parse.output.documentId }}',
    mediaType: '{{ parse.output.mediaType }}',
    pages: '{{ parse.output.pages }}',
    chunks: '{{ chunk.output.chunks }}',
    embedded: '{{ embed.output.embedded }}',
  },
})
  .node('parse', 'parse_document', {
    config: {
      uri: '{{ input.uri }}',
      document: '{{ default(input.documentId, null) }}',
      name: '{{ default(input.name, null) }}',
      mediaType: '{{ default(input.mediaType, null) }}',
    },
  })
  .node('chunk', 'chunk_text', {
    dependencies: ['parse'],
    config: {
      document: '{{ parse.output.documentId }}',
      strategy: "{{ parse.output.pages > 1 ? 'pages' : parse.output.mediaType == 'text/markdown' ? 'markdown' : 'sentences' }}",
    },
  })
  .node('embed', 'embed_chunks', {
    dependencies: ['chunk'],
    config: { document: '{{ parse.output.documentId }}' },
    retry: { retries: 5, maxDelay: '2m' },
  })
  .node('finish', 'index_status', {
    dependencies: ['embed'],
    config: { document: '{{ parse.output.documentId }}', status: 'completed' },
  })
  .node('announce', 'emit_event', {
    dependencies: ['finish'],
    config: {
      type: 'documents.ingested',
      data: {
        documentId: '{{ parse.output.documentId }}',
        executionId: '{{ execution.id }}',
        uri: '{{ input.uri }}',
        name: '{{ default(input.name, null) }}',
        title: '{{ parse.output.title }}',
        mediaType: '{{ parse.output.mediaType }}',
        pages: '{{ parse.output.pages }}',
        chunks: '{{ chunk.output.chunks }}',
      },
    },
  })
  // Clean-up work: it runs although the execution fails, whichever step it was that failed, and does not save it.
  .node('reason', 'aggregate', {
    join: 'settled',
    dependencies: ['parse', 'chunk', 'embed', 'finish'],
    when: '!has(finish.output)',
    config: {
      documentId:
        '{{ default(input.documentId, default(parse.output.documentId, default(parse.error.details.document, null))) }}',
      error:
        '{{ default(parse.error, default(chunk.error, default(embed.error, default(finish.error, ' +
        "{'code': 'INGESTION_STOPPED', 'message': 'the execution ended before the document was ingested'})))) }}",
    },
  })
  .node('mark_failed', 'index_status', {
    join: 'settled',
    dependencies: ['reason'],
    when: 'has(reason.output)',
    config: {
      document: '{{ reason.output.documentId }}',
      uri: '{{ input.uri }}',
      status: 'failed',
      error: '{{ reason.output.error }}',
    },
  })
  .node('announce_failure', 'emit_event', {
    join: 'settled',
    dependencies: ['reason', 'mark_failed'],
    when: 'has(reason.output)',
    config: {
      type: 'documents.failed',
      data: {
        documentId: '{{ reason.output.documentId }}',
        executionId: '{{ execution.id }}',
        uri: '{{ input.uri }}',
        name: '{{ default(input.name, null) }}',
        error: '{{ reason.output.error }}',
      },
    },
  });
