import type { Json } from '@jetsaga/contracts';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { canonicalJson } from './canonical-json.ts';

/** SHA-256 of the canonical document, in hex: the same for the same content, in whatever order and format it was written. */
export function definitionHash(document: Json): string {
  return bytesToHex(sha256(utf8ToBytes(canonicalJson(document))));
}
