import type { Json } from '@jetsaga/contracts';

/**
 * The one place where payload columns (input, config, output, error, events to send) become text and come back.
 * Text, not jsonb: it is stored as it was recorded, to the letter, and Postgres spends nothing on parsing it.
 */
export interface PayloadCodec {
  encode(value: unknown): string;
  decode<T = Json>(text: string): T;
}

export const plainPayloads: PayloadCodec = {
  encode: (value) => JSON.stringify(value),
  decode: (text) => JSON.parse(text),
};
