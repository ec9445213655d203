import { z } from 'zod';
import type { Json } from './json.ts';

/** A large payload's stand-in: the payload itself is in the blob store. `size` is in bytes. */
export const claimCheckSchema = z.object({ $ref: z.string().startsWith('blob:'), size: z.number().int(), mediaType: z.string() });
export type ClaimCheck = z.infer<typeof claimCheckSchema>;

export function isClaimCheck(value: unknown): value is ClaimCheck {
  return typeof value === 'object' && value !== null && '$ref' in value && claimCheckSchema.safeParse(value).success;
}

/** Opens and stores claim checks; libs/storage has the real one. */
export interface ClaimChecks {
  /** Replaces the value by a claim check when its JSON is larger than the inline limit. */
  check(value: Json): Promise<Json>;
  /** The JSON value behind a claim check. Errors: BLOB_NOT_FOUND, BLOB_TOO_LARGE. */
  open(reference: ClaimCheck, maxBytes: number): Promise<Json>;
}
