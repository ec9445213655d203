import type { RecipientQuery } from '@jetsaga/contracts';

/** Executions that had not ended when they were looked up, by `recipientKey`. */
export type Recipients = ReadonlyMap<string, readonly string[]>;

export function recipientKey(query: RecipientQuery): string {
  return 'executionId' in query ? query.executionId : JSON.stringify([query.workflow, Object.entries(query.labels).sort()]);
}

/** A decision sends a signal and does not know yet to whom: look it up, within the same transaction, and decide again. */
export class RecipientsNeeded extends Error {
  override readonly name = 'RecipientsNeeded';
  readonly query: RecipientQuery;

  constructor(query: RecipientQuery) {
    super(`it is not known yet which executions ${recipientKey(query)} stands for`);
    this.query = query;
  }
}
