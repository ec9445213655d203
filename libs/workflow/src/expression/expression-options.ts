/** What an expression may name. `input`, `execution` and `nodes["…"]` it may always name. */
export interface ExpressionOptions {
  /** Ids of the steps that are visible from where the expression stands, by whatever way they are read. */
  readonly nodeIds: ReadonlySet<string>;
  /** Names bound beside the steps: `item`, `index`, `event`, `result` and the like. They hide steps of the same id. */
  readonly locals?: readonly string[];
  readonly secrets: 'allowed' | 'refused';
}
