import { limits, type ClaimChecks, type Json } from '@jetsaga/contracts';
import { ClaimCheckNeeded, type OpenedClaimChecks } from '@jetsaga/workflow';

const mostClaimChecks = 50;

/** Runs a decision; loads the claim checks it turns out to look into, and runs it again. */
export async function withOpenedClaimChecks<T>(claimChecks: ClaimChecks, decide: (opened: OpenedClaimChecks) => T): Promise<T> {
  const opened = new Map<string, Json>();
  for (;;) {
    try {
      return decide(opened);
    } catch (error) {
      if (!(error instanceof ClaimCheckNeeded) || opened.size >= mostClaimChecks) throw error;
      opened.set(error.reference.$ref, await claimChecks.open(error.reference, limits.openedClaimCheckBytes));
    }
  }
}
