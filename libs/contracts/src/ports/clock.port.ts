export interface Clock {
  /** Epoch milliseconds. */
  now(): number;
  /** Runs `action` once after `ms`; the function returned takes it back. */
  after(ms: number, action: () => void): () => void;
}
