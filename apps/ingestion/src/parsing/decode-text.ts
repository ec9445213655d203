import { detect } from 'chardet';

export interface DecodedText {
  readonly text: string;
  /** As the Encoding Standard names it. */
  readonly encoding: string;
}

const sampleBytes = 64 * 1024;
/** Control characters that no text has: all but tab, line feed, form feed, carriage return and escape. */
const controls = new Set(Array.from({ length: 32 }, (_, code) => code).filter((code) => ![9, 10, 12, 13, 27].includes(code)));

/**
 * Bytes → text by byte order mark, else strict UTF-8, else UTF-16 without a mark, else what an HTML page says of itself,
 * else by statistics. Undefined: it is no text.
 */
export function decodeText(bytes: Uint8Array): DecodedText | undefined {
  const encoding = encodingOf(bytes);
  if (encoding === undefined) return undefined;
  let text: string;
  try {
    text = new TextDecoder(encoding, { fatal: encoding === 'utf-8' }).decode(bytes);
  } catch {
    return undefined;
  }
  return looksLikeText(text) ? { text, encoding } : undefined;
}

function encodingOf(bytes: Uint8Array): string | undefined {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return 'utf-8';
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  if (isUtf8(bytes)) return 'utf-8';
  const sample = bytes.subarray(0, sampleBytes);
  const nulls = nullBytes(sample);
  if (nulls.even + nulls.odd > 0) return wideEncoding(nulls, sample.length);
  const declared = /<meta[^>]{0,200}charset\s*=\s*["']?([\w-]{2,40})/i.exec(Buffer.from(sample).toString('latin1'))?.[1];
  const guessed = declared ?? detect(sample) ?? 'windows-1252';
  try {
    return new TextDecoder(guessed).encoding;
  } catch {
    return 'windows-1252';
  }
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

function nullBytes(sample: Uint8Array): { even: number; odd: number } {
  const found = { even: 0, odd: 0 };
  sample.forEach((byte, at) => {
    if (byte === 0) found[at % 2 === 0 ? 'even' : 'odd'] += 1;
  });
  return found;
}

/** Western text in UTF-16 has a null in nearly every second byte; anything else with nulls is binary. */
function wideEncoding({ even, odd }: { even: number; odd: number }, length: number): string | undefined {
  const half = length / 2;
  if (odd > half * 0.4 && even < half * 0.05) return 'utf-16le';
  if (even > half * 0.4 && odd < half * 0.05) return 'utf-16be';
  return undefined;
}

function looksLikeText(text: string): boolean {
  const sample = text.slice(0, sampleBytes);
  let bad = 0;
  for (let at = 0; at < sample.length; at += 1) {
    const code = sample.charCodeAt(at);
    if (controls.has(code) || code === 0xfffd) bad += 1;
  }
  return bad <= sample.length * 0.01;
}
