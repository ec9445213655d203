/** How many handlers of one queue may run at a time. */
export class Slots {
  readonly limit: number;
  private taken = 0;
  private closed = false;
  private waiting: (() => void) | null = null;

  constructor(limit: number) {
    this.limit = limit;
  }

  /** The number of free slots, as soon as there is one; 0 once closed. One caller at a time. */
  async free(): Promise<number> {
    if (!this.closed && this.taken >= this.limit) {
      await new Promise<void>((resolve) => {
        this.waiting = resolve;
      });
    }
    return this.closed ? 0 : this.limit - this.taken;
  }

  take(): void {
    this.taken += 1;
  }

  release(): void {
    this.taken -= 1;
    if (this.taken < this.limit) this.wake();
  }

  close(): void {
    this.closed = true;
    this.wake();
  }

  private wake(): void {
    this.waiting?.();
    this.waiting = null;
  }
}
