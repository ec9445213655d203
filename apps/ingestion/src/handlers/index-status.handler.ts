import { errorShapeSchema } from '@jetsaga/contracts';
import { defineHandler, TerminalError } from '@jetsaga/worker';
import { z } from 'zod';
import { documentNotFound } from '../documents/document-repository.ts';
import type { IngestionDependencies } from '../ingestion-dependencies.ts';
import { documentStatuses } from '../persistence/document.entity.ts';

const config = z
  .object({
    document: z.uuid().nullish(),
    /** Instead of `document`: the address it was registered or parsed from. */
    uri: z.string().min(1).nullish(),
    status: z.enum(documentStatuses),
    /** Why it failed. */
    error: errorShapeSchema.nullish(),
  })
  .refine(({ document, uri }) => document != null || uri != null, { message: 'give document or uri' })
  .refine(({ status, error }) => status !== 'failed' || error != null, {
    path: ['error'],
    message: 'a failed document needs its error',
  });

export function indexStatusHandler({ documents }: IngestionDependencies) {
  return defineHandler({
    name: 'index_status',
    queue: 'ingestion',
    description:
      'Sets the status of a document: pending, parsed, chunked, embedded, evaluated, completed, or failed with its error.',
    config,
    output: z.object({ documentId: z.string(), status: z.enum(documentStatuses) }),
    example: { document: '0190a5c0-0000-7000-8000-000000000001', status: 'completed' },
    run: async ({ document, uri, status, error }, context) => {
      const id = document ?? (await documents.findByUri(uri ?? ''))?.id;
      if (id === undefined)
        throw new TerminalError('DOCUMENT_NOT_FOUND', `there is no document at ${uri}`, { details: { uri: uri ?? null } });
      if (!(await documents.setStatus(id, status, context.executionId, error ?? null))) throw documentNotFound(id);
      return { documentId: id, status };
    },
  });
}
