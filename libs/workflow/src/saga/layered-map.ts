/**
 * An immutable map that makes a changed copy cheaply: few recent entries lie over a larger base that the copies share, so that one
 * change among thousands of entries costs no copy of all of them.
 */
export class LayeredMap<V> {
  readonly size: number;
  private readonly base: ReadonlyMap<string, V>;
  private readonly recent: ReadonlyMap<string, V>;

  private constructor(size: number, base: ReadonlyMap<string, V>, recent: ReadonlyMap<string, V>) {
    this.size = size;
    this.base = base;
    this.recent = recent;
  }

  /** Takes the map over: it must not change any more. */
  static of<V>(entries: ReadonlyMap<string, V>): LayeredMap<V> {
    return new LayeredMap(entries.size, entries, new Map());
  }

  get(key: string): V | undefined {
    return this.recent.get(key) ?? this.base.get(key);
  }

  with(key: string, value: V): LayeredMap<V> {
    const size = this.get(key) === undefined ? this.size + 1 : this.size;
    const recent = new Map(this.recent).set(key, value);
    return recent.size ** 2 > this.base.size + longestSquare
      ? new LayeredMap(size, new Map([...this.base, ...recent]), new Map())
      : new LayeredMap(size, this.base, recent);
  }

  *entries(): MapIterator<[string, V]> {
    for (const [key, value] of this.base) yield [key, this.recent.get(key) ?? value];
    for (const [key, value] of this.recent) if (!this.base.has(key)) yield [key, value];
  }

  *values(): MapIterator<V> {
    for (const [, value] of this.entries()) yield value;
  }
}

/** The recent entries are merged into the base when they are more than about the root of its size: both costs are then alike. */
const longestSquare = 1_024;
