import { limits, signalNameSchema, type ErrorShape, type Json, type RecipientQuery } from '@jetsaga/contracts';
import type { Draft } from './draft.ts';
import { inBrief } from './in-brief.ts';
import { recipientKey, RecipientsNeeded } from './recipients.ts';

export interface SignalToSend {
  /** Ids of executions. */
  readonly to: readonly string[];
  readonly name: string;
  readonly payload: Json;
}

type Fields = { readonly [name: string]: Json | undefined };

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Reads the configuration of a `send_signal`. Throws RecipientsNeeded. */
export function signalToSend(draft: Draft, config: Json): SignalToSend | { readonly error: ErrorShape } {
  const { name, payload, ...whom } = config as Fields;
  if (!signalNameSchema.safeParse(name).success) {
    return invalid(`name must be text of 1 to 200 characters; it is ${inBrief(name)}`);
  }
  const query = queryOf(whom);
  if ('error' in query) return query;
  const to = draft.moment.recipients?.get(recipientKey(query));
  if (to === undefined) throw new RecipientsNeeded(query);
  if (to.length <= limits.signalRecipients) return { to, name: name as string, payload: payload ?? null };
  const message = `more than ${limits.signalRecipients} executions have these labels; name them more closely`;
  return { error: { code: 'TOO_MANY_RECIPIENTS', message } };
}

function queryOf({ executionId, workflow, label }: Fields): RecipientQuery | { readonly error: ErrorShape } {
  if (executionId !== undefined) {
    if (typeof executionId === 'string' && uuid.test(executionId)) return { executionId: executionId.toLowerCase() };
    return invalid(`executionId must be the id of an execution; it is ${inBrief(executionId)}`);
  }
  const labels = Object.entries(typeof label === 'object' && label !== null && !Array.isArray(label) ? label : {});
  const areTexts = labels.every(([, value]) => typeof value === 'string' || typeof value === 'number');
  if (typeof workflow !== 'string' || labels.length === 0 || !areTexts) {
    return invalid(
      `give executionId, or workflow and label; they are ${inBrief({ workflow: workflow ?? null, label: label ?? null })}`,
    );
  }
  return { workflow, labels: Object.fromEntries(labels.map(([key, value]) => [key, String(value)])) };
}

function invalid(message: string): { readonly error: ErrorShape } {
  return { error: { code: 'INVALID_CONFIG', message } };
}
