import { sha1 } from '@noble/hashes/legacy.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import type { Evaluation } from '../evaluation.ts';
import type { Value } from '../value.ts';
import type { FunctionTable } from './expression-function.ts';

/** A character of a digest costs this many steps; hashing is slower than reading. */
const stepsPerCharacter = 1 / 2;
const stepsPerDigest = 200;

/** RFC 9562, appendix A: the namespace of URLs. */
const urlNamespace = Uint8Array.of(
  0x6b,
  0xa7,
  0xb8,
  0x11,
  0x9d,
  0xad,
  0x11,
  0xd1,
  0x80,
  0xb4,
  0x00,
  0xc0,
  0x4f,
  0xd4,
  0x30,
  0xc8,
);

/** All of them work on the UTF-8 bytes of a text. */
export const digestFunctions: FunctionTable = {
  sha256: {
    signature: 'sha256(text): in hexadecimal',
    least: 1,
    call: (run, [value]) => bytesToHex(sha256(bytesOf(run, value!, '`sha256`'))),
  },
  uuidFrom: {
    signature: 'uuidFrom(text): a UUID of version 5 in the namespace of URLs, the same for the same text',
    least: 1,
    call: (run, [value]) => uuid5(bytesOf(run, value!, '`uuidFrom`')),
  },
  base64: {
    signature: 'base64(text)',
    least: 1,
    call: (run, [value]) => base64(bytesOf(run, value!, '`base64`')),
  },
};

function bytesOf(run: Evaluation, value: Value, user: string): Uint8Array {
  const text = run.text(value, user);
  run.makeText(text.length);
  run.spend(stepsPerDigest + text.length * stepsPerCharacter);
  return utf8ToBytes(text);
}

/** Source: RFC 9562, section 5.5. */
function uuid5(name: Uint8Array): string {
  const hashed = new Uint8Array(urlNamespace.length + name.length);
  hashed.set(urlNamespace);
  hashed.set(name, urlNamespace.length);
  const bytes = sha1(hashed).slice(0, 16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x50;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  return bytesToHex(bytes).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

const bytesAtOnce = 0x8000;

function base64(bytes: Uint8Array): string {
  let binary = '';
  for (let at = 0; at < bytes.length; at += bytesAtOnce) binary += String.fromCharCode(...bytes.subarray(at, at + bytesAtOnce));
  return btoa(binary);
}
