import { createHmac, timingSafeEqual } from 'node:crypto';
import type { PlanVerification } from '@jetsaga/workflow';

type Signed = Exclude<PlanVerification, { type: 'none' | 'access' }>;
type Headers = Readonly<Record<string, string>>;

/** Whether a request was signed with the secret. `now` in epoch milliseconds. Its time says nothing of the signature expected. */
export function isSigned(verify: Signed, secret: string, body: Uint8Array, headers: Headers, now: number): boolean {
  switch (verify.type) {
    case 'hmac':
      return isHmac(headers[verify.header]?.replace(/^sha256=/i, ''), secret, [body]);
    case 'github':
      return isGithub(headers['x-hub-signature-256'], secret, body);
    case 'stripe':
      return isStripe(headers['stripe-signature'], secret, body, now, verify.replayWindowMs);
  }
}

/** Source: https://docs.github.com/webhooks/using-webhooks/validating-webhook-deliveries */
function isGithub(header: string | undefined, secret: string, body: Uint8Array): boolean {
  return header !== undefined && header.startsWith('sha256=') && isHmac(header.slice('sha256='.length), secret, [body]);
}

/**
 * `t=<seconds>,v1=<signature>,v1=…` over `<seconds>.<body>`: the time is signed, so that an old request can be told.
 * Source: https://docs.stripe.com/webhooks#verify-manually
 */
function isStripe(header: string | undefined, secret: string, body: Uint8Array, now: number, windowMs: number): boolean {
  const parts = (header ?? '').split(',').map((part) => part.trim().split('=', 2));
  const time = parts.find(([name]) => name === 't')?.[1] ?? '';
  if (!/^\d{1,12}$/.test(time) || Math.abs(now - Number(time) * 1_000) > windowMs) return false;
  return parts.some(([name, value]) => name === 'v1' && isHmac(value, secret, [Buffer.from(`${time}.`), body]));
}

function isHmac(given: string | undefined, secret: string, parts: readonly Uint8Array[]): boolean {
  if (given === undefined || !/^[0-9a-f]{64}$/i.test(given)) return false;
  const hmac = createHmac('sha256', secret);
  for (const part of parts) hmac.update(part);
  return timingSafeEqual(hmac.digest(), Buffer.from(given, 'hex'));
}
