import { S3ServiceException } from '@aws-sdk/client-s3';
import { StorageError } from '../storage-error.ts';

/** The object is not there. A missing bucket is another matter. */
export function isAbsentObject(error: unknown): boolean {
  if (!(error instanceof S3ServiceException)) return false;
  return error.name === 'NoSuchKey' || (error.name === 'NotFound' && error.$metadata.httpStatusCode === 404);
}

/** What an error of the SDK means for the blob. */
export function s3Error(error: unknown, key: string, location: string): unknown {
  if (error instanceof StorageError) return error;
  if (isAbsentObject(error)) return new StorageError('BLOB_NOT_FOUND', `there is no blob ${key}`, { cause: error });
  const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return new StorageError(
    'STORAGE_UNAVAILABLE',
    `${location} cannot be used (${reason}); check STORAGE_URL, S3_ENDPOINT and the AWS credentials`,
    { cause: error },
  );
}
