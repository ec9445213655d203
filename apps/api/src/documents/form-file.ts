import type { MultipartFile } from '@fastify/multipart';
import type { FastifyRequest } from 'fastify';
import { problemOf } from '../http/problem-of.ts';
import { Problem } from '../http/problem.ts';

/** The one file of a form, not read yet. Errors: 415 when it is no form, 400 when it is broken, 422 NO_FILE. */
export async function formFile(request: FastifyRequest): Promise<MultipartFile> {
  if (!request.isMultipart()) throw new Problem(415, 'UNSUPPORTED_MEDIA_TYPE', 'send the file as multipart/form-data');
  const file = await request.file().catch((error: unknown) => {
    throw formProblem(error);
  });
  if (file !== undefined) return file;
  throw new Problem(422, 'NO_FILE', 'the form has no file', {
    errors: [{ pointer: '/file', code: 'REQUIRED', message: 'a part with a filename is needed' }],
  });
}

/** What the parser of forms says has no code of its own: the form is broken, or ended too early. */
export function formProblem(error: unknown): Problem {
  const reason = error instanceof Error ? error.message : String(error);
  return problemOf(error) ?? new Problem(400, 'UNREADABLE', `the form cannot be read: ${reason}`, { cause: error });
}
