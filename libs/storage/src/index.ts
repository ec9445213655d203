export type { BlobContent, BlobInfo, BlobStore, PutOptions } from './blob-store.ts';
export { checkBlobKey } from './blob-key.ts';
export { openBlobStore, type OpenBlobStoreOptions } from './open-blob-store.ts';
export { StorageError, type StorageErrorCode } from './storage-error.ts';
export { BlobClaimChecks } from './claim-checks/blob-claim-checks.ts';
