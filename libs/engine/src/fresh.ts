/**
 * Asks for something that changes, as seldom as can be: all who ask while an answer is on its way share the next one. So nobody gets an answer
 * to a question that was put before he asked.
 */
export class Fresh<T> {
  private current: Promise<unknown> = Promise.resolve();
  private next: Promise<T> | null = null;
  private readonly load: () => Promise<T>;

  constructor(load: () => Promise<T>) {
    this.load = load;
  }

  get(): Promise<T> {
    this.next ??= this.afterCurrent();
    return this.next;
  }

  private async afterCurrent(): Promise<T> {
    await this.current.catch(() => undefined);
    const asked = this.load();
    this.current = asked;
    this.next = null;
    return asked;
  }
}
