import type { ChatMessage, CompleteRequest, CompleteResult, ModelGateway, ModelUsage } from '@jetsaga/ai';
import type { Json, JsonObject } from '@jetsaga/contracts';
import { RetryableError, TerminalError } from '@jetsaga/worker';
import { schemaProblems, valueCheck } from '@jetsaga/workflow';

export interface StructuredAnswer {
  readonly answer: CompleteResult;
  readonly json: Json;
  /** Of both tries. */
  readonly usage: ModelUsage;
}

type Try =
  | { readonly kind: 'fits'; readonly answer: CompleteResult; readonly json: Json }
  | { readonly kind: 'misfits'; readonly said: string | null; readonly problems: readonly string[]; readonly usage: ModelUsage };

const nothingUsed: ModelUsage = { inputTokens: 0, outputTokens: 0 };

/**
 * Asks for an answer that fits the schema. One that does not is sent back once, with what is wrong with it.
 * Errors: INVALID_SCHEMA (terminal), STRUCTURED_OUTPUT_INVALID (retryable), and the gateway's.
 */
export async function structuredAnswer(
  gateway: Pick<ModelGateway, 'complete'>,
  request: CompleteRequest & { readonly schema: JsonObject },
): Promise<StructuredAnswer> {
  const wrong = schemaProblems(request.schema);
  if (wrong.length > 0) {
    const message = wrong.map((problem) => `${problem.pointer || '/'} ${problem.message}`).join('; ');
    throw new TerminalError('INVALID_SCHEMA', `the schema of the answer cannot be used: ${message}`);
  }
  const first = await tryOnce(gateway, request);
  if (first.kind === 'fits') return { ...first, usage: first.answer.usage };
  const second = await tryOnce(gateway, {
    ...request,
    messages: [...request.messages, ...complaint(first.said, first.problems)],
    idempotencyKey: request.idempotencyKey && `${request.idempotencyKey}:repair`,
  });
  if (second.kind === 'fits') return { ...second, usage: sum(first.usage, second.answer.usage) };
  throw new RetryableError(
    'STRUCTURED_OUTPUT_INVALID',
    `the model’s answer does not fit the schema, nor does its second: ${second.problems.join('; ')}`,
    { details: { problems: [...second.problems], answer: second.said } },
  );
}

async function tryOnce(gateway: Pick<ModelGateway, 'complete'>, request: CompleteRequest & { schema: JsonObject }): Promise<Try> {
  let answer: CompleteResult;
  try {
    answer = await gateway.complete(request);
  } catch (error) {
    if (!(error instanceof RetryableError) || error.code !== 'MODEL_ANSWER_MALFORMED') throw error;
    return { kind: 'misfits', said: null, problems: ['it is no JSON'], usage: nothingUsed };
  }
  const json = answer.json ?? null;
  const problems = valueCheck(request.schema)(json).map(({ pointer, message }) => `${pointer || 'the answer'} ${message}`);
  if (problems.length === 0) return { kind: 'fits', answer, json };
  return { kind: 'misfits', said: answer.text, problems: problems.slice(0, 20), usage: answer.usage };
}

function complaint(said: string | null, problems: readonly string[]): ChatMessage[] {
  const content = `Your answer does not fit the JSON Schema: ${problems.join('; ')}. Answer again, with JSON that fits it and nothing else.`;
  return [...(said === null ? [] : [{ role: 'assistant' as const, content: said }]), { role: 'user' as const, content }];
}

function sum(one: ModelUsage, other: ModelUsage): ModelUsage {
  return { inputTokens: one.inputTokens + other.inputTokens, outputTokens: one.outputTokens + other.outputTokens };
}
