import type { RetryPolicy } from '@jetsaga/contracts';

/** Why another attempt makes no sense, in words; null where the policy wants one. `tried` counts the attempts that failed. */
export function noRetryBecause(policy: RetryPolicy, tried: number, code: string, retryable: boolean): string | null {
  if (code === 'TASK_POISON') return 'its task was delivered too often';
  if (!retryable) return 'the error is terminal';
  if (policy.nonRetryable.includes(code)) return `the definition does not retry ${code}`;
  return tried > policy.retries ? `all ${policy.retries + 1} attempts failed` : null;
}
