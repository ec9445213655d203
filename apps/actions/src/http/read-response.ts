import type { Json } from '@jetsaga/contracts';
import type { HttpAnswer } from './http-call.ts';

export interface ReadResponse {
  readonly response: Json;
  /** Present where the body is no text. */
  readonly encoding?: 'base64';
}

/** The body as a value: parsed when it is JSON, else its text, else base64; null when it is empty. */
export function readResponse({ headers, body }: HttpAnswer): ReadResponse {
  if (body.length === 0) return { response: null };
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    return { response: body.toString('base64'), encoding: 'base64' };
  }
  const type = headers['content-type']?.split(';')[0]?.trim().toLowerCase() ?? '';
  if (type !== '' && !/[/+]json$/.test(type)) return { response: text };
  try {
    return { response: JSON.parse(text) as Json };
  } catch {
    return { response: text };
  }
}
