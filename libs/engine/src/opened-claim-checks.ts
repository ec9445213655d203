import { limits, type ClaimCheck, type ClaimChecks, type Json } from '@jetsaga/contracts';
import { ClaimCheckNeeded, type OpenedClaimChecks } from '@jetsaga/workflow';

const keptBytes = 64 * 1024 * 1024;
const mostPerDecision = 50;

/**
 * The JSON behind claim checks that decisions looked into, the most recently loaded ones. What is behind a reference never
 * changes.
 */
export class OpenedClaimCheckCache {
  private readonly values = new Map<string, Json>();
  private readonly sizes = new Map<string, number>();
  private bytes = 0;
  private readonly claimChecks: ClaimChecks;

  constructor(claimChecks: ClaimChecks) {
    this.claimChecks = claimChecks;
  }

  /** What decisions are given. */
  get opened(): OpenedClaimChecks {
    return this.values;
  }

  async load(reference: ClaimCheck): Promise<void> {
    if (this.values.has(reference.$ref)) return;
    this.keep(reference.$ref, await this.claimChecks.open(reference, limits.openedClaimCheckBytes), reference.size);
  }

  /** Keeps a value that is found in another way; `bytes` is about how large it is. */
  keep(key: string, value: Json, bytes: number): void {
    this.forget(key);
    this.values.set(key, value);
    this.sizes.set(key, bytes);
    this.bytes += bytes;
    for (const [name, size] of this.sizes) {
      if (this.bytes <= keptBytes || name === key) break;
      this.values.delete(name);
      this.sizes.delete(name);
      this.bytes -= size;
    }
  }

  forget(key: string): void {
    this.values.delete(key);
    this.bytes -= this.sizes.get(key) ?? 0;
    this.sizes.delete(key);
  }

  /** Runs a decision; loads what it turns out to look into, and runs it again. */
  async decide<T>(decision: (opened: OpenedClaimChecks) => T): Promise<T> {
    for (let loaded = 0; ; loaded += 1) {
      try {
        return decision(this.opened);
      } catch (error) {
        if (!(error instanceof ClaimCheckNeeded) || loaded >= mostPerDecision) throw error;
        await this.load(error.reference);
      }
    }
  }
}
