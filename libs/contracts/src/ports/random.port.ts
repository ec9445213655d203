export interface Random {
  /** Uniform in [0, 1). */
  number(): number;
  /** Time-ordered (version 7) for rows, so that new rows are neighbours in the index. */
  uuid(): string;
}
