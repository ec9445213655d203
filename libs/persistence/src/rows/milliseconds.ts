/** Epoch milliseconds out of a timestamptz column, as one SQL expression. */
export const ms = (column: string) => `(extract(epoch from ${column}) * 1000)::float8`;
