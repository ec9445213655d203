import { limits, type SagaTransaction } from '@jetsaga/contracts';
import { recipientKey, RecipientsNeeded, type Recipients } from '@jetsaga/workflow';
import { askStore } from './store-errors.ts';

/**
 * Runs a decision; looks up for whom the signals are that it turns out to send, and runs it again. They are looked up in the transaction that
 * also writes the signals, so that what the step says it has delivered, it has.
 */
export async function withRecipients<T>(
  transaction: Pick<SagaTransaction, 'recipients'>,
  decide: (recipients: Recipients) => T | Promise<T>,
): Promise<T> {
  const recipients = new Map<string, readonly string[]>();
  for (;;) {
    try {
      return await decide(recipients);
    } catch (error) {
      if (!(error instanceof RecipientsNeeded)) throw error;
      const found = await askStore(() => transaction.recipients(error.query, limits.signalRecipients + 1));
      recipients.set(recipientKey(error.query), found);
    }
  }
}
