/** What is to happen at a virtual time: the earliest first, and of equal times what was put down first. */
export class Agenda<What> {
  private readonly entries: { readonly at: number; readonly key: string; readonly what: What }[] = [];
  private readonly keys = new Set<string>();

  /** `key` names it, so that it can be taken back; what has the same key is replaced. */
  put(key: string, at: number, what: What): void {
    this.remove(key);
    let index = this.entries.length;
    while (index > 0 && this.entries[index - 1]!.at > at) index -= 1;
    this.entries.splice(index, 0, { at, key, what });
    this.keys.add(key);
  }

  /** Whether there was anything to take back. */
  remove(key: string): boolean {
    if (!this.keys.delete(key)) return false;
    this.entries.splice(
      this.entries.findIndex((entry) => entry.key === key),
      1,
    );
    return true;
  }

  /** Takes out what is due first, if that is not after `limit`. */
  next(limit: number): { readonly at: number; readonly what: What } | undefined {
    const first = this.entries[0];
    if (first === undefined || first.at > limit) return undefined;
    this.keys.delete(first.key);
    return this.entries.shift();
  }
}
