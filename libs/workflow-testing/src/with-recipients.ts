import { recipientKey, RecipientsNeeded, type Recipients } from '@jetsaga/workflow';

/** Decides with whom signals are for: whoever is named is there, and a workflow stands for one execution of its key. */
export function withRecipients<Decided>(decide: (recipients: Recipients) => Decided): Decided {
  const recipients = new Map<string, readonly string[]>();
  for (;;) {
    try {
      return decide(recipients);
    } catch (error) {
      if (!(error instanceof RecipientsNeeded)) throw error;
      const { query } = error;
      recipients.set(recipientKey(query), ['executionId' in query ? query.executionId : query.workflow]);
    }
  }
}
