export interface GroupCommitOptions<T> {
  readonly batchLimit: number;
  /** Takes care of every item itself, and does not reject. */
  process(batch: T[]): Promise<void>;
  /** Items of the same group are kept in order and at most `groupLimit` of them go into one batch. */
  readonly groupOf?: (item: T) => string;
  readonly groupLimit?: number;
}

/**
 * While one batch is being processed, arriving items gather; the next batch takes all of them, up to a limit. At low
 * load a batch is one item and waits for nothing.
 *
 * Modes: idle → busy (first item) → idle (queue empty) ; stopping (`stop`: what is queued is still processed).
 */
export class GroupCommit<T> {
  private queue: T[] = [];
  private running: Promise<void> | null = null;
  private readonly options: GroupCommitOptions<T>;

  constructor(options: GroupCommitOptions<T>) {
    this.options = options;
  }

  get waiting(): number {
    return this.queue.length;
  }

  add(item: T): void {
    this.queue.push(item);
    this.running ??= this.run();
  }

  /** Resolves when everything that was added has been processed. */
  async drained(): Promise<void> {
    while (this.running) await this.running;
  }

  private async run(): Promise<void> {
    // Lets everything that arrived in the same turn of the event loop into the first batch.
    await Promise.resolve();
    try {
      while (this.queue.length > 0) await this.options.process(this.nextBatch());
    } finally {
      this.running = null;
      if (this.queue.length > 0) this.running = this.run();
    }
  }

  private nextBatch(): T[] {
    const { batchLimit, groupOf, groupLimit = Infinity } = this.options;
    if (!groupOf || this.queue.length <= groupLimit) return this.queue.splice(0, batchLimit);
    const taken: T[] = [];
    const left: T[] = [];
    const counts = new Map<string, number>();
    for (const item of this.queue) {
      const group = groupOf(item);
      const count = counts.get(group) ?? 0;
      if (taken.length >= batchLimit || count >= groupLimit) {
        left.push(item);
        counts.set(group, groupLimit);
      } else {
        taken.push(item);
        counts.set(group, count + 1);
      }
    }
    this.queue = left;
    return taken;
  }
}
