import { isClaimCheck, limits, type ClaimCheck, type ClaimChecks, type Json } from '@jetsaga/contracts';
import { TerminalError } from '../handler-errors.ts';

/**
 * Opens claim checks in a configuration. One that stands for the whole configuration is always opened: it was made because the
 * task was too large. Those inside are opened unless the handler takes them as they are. What a reference holds is data: a
 * reference in there stays one.
 */
export async function openReferences(config: Json, inside: 'open' | 'pass', checks: ClaimChecks | undefined): Promise<Json> {
  const whole = isClaimCheck(config) ? await open(config, checks) : config;
  return inside === 'open' ? openInside(whole, checks) : whole;
}

async function openInside(value: Json, checks: ClaimChecks | undefined): Promise<Json> {
  const found: { holder: Json[] | { [key: string]: Json }; key: string; reference: ClaimCheck }[] = [];
  collect(value, found);
  for (const { holder, key, reference } of found) {
    const opened = await open(reference, checks);
    Object.defineProperty(holder, key, { value: opened, enumerable: true, configurable: true, writable: true });
  }
  return value;
}

function collect(value: Json, found: { holder: Json[] | { [key: string]: Json }; key: string; reference: ClaimCheck }[]): void {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, each] of Object.entries(value)) {
    if (isClaimCheck(each)) found.push({ holder: value, key, reference: each });
    else collect(each, found);
  }
}

async function open(reference: ClaimCheck, checks: ClaimChecks | undefined): Promise<Json> {
  if (checks) return checks.open(reference, limits.claimCheckBytes);
  throw new TerminalError(
    'STORAGE_NOT_CONFIGURED',
    `the step needs ${reference.$ref}, but this worker has no storage; set STORAGE_URL`,
  );
}
