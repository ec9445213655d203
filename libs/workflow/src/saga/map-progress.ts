import type { ErrorShape, Json } from '@jetsaga/contracts';

/** How far a map has come: the configuration of the record at its path. Counts are of items that passed the filter. */
export interface MapProgress {
  readonly total: number;
  /** How many have begun. */
  readonly begun: number;
  readonly active: number;
  readonly succeeded: number;
  readonly failed: number;
  /** The map's timer is set. */
  readonly isTimed: boolean;
  /** Of the first item that failed. */
  readonly error?: ErrorShape;
}

export function progressOf(config: Json | undefined): MapProgress {
  return config as unknown as MapProgress;
}

export function progressJson(progress: MapProgress): Json {
  return { ...progress } as unknown as Json;
}

export function afterItem(progress: MapProgress, error: ErrorShape | undefined): MapProgress {
  const active = progress.active - 1;
  if (error === undefined) return { ...progress, active, succeeded: progress.succeeded + 1 };
  return { ...progress, active, failed: progress.failed + 1, error: progress.error ?? error };
}

export function isComplete({ total, begun, active }: MapProgress): boolean {
  return begun === total && active === 0;
}
