import type { RetryPolicy } from '@jetsaga/contracts';

/**
 * Milliseconds before the next attempt, after `failed` attempts have failed: exponential, at most `maxDelayMs`, and with jitter
 * somewhere between half of that and all of it. What the handler asked for is a minimum.
 */
export function retryDelayMs(policy: RetryPolicy, failed: number, entropy: number, askedForMs = 0): number {
  const full =
    policy.initialDelayMs === 0 ? 0 : Math.min(policy.maxDelayMs, policy.initialDelayMs * policy.factor ** (failed - 1));
  const delay = policy.jitter ? full * (0.5 + entropy / 2) : full;
  return Math.round(Math.max(delay, askedForMs));
}
