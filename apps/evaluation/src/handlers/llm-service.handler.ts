import type { ChatMessage, CompleteRequest, ModelGateway } from '@jetsaga/ai';
import type { JsonObject } from '@jetsaga/contracts';
import { defineHandler } from '@jetsaga/worker';
import { z } from 'zod';
import { structuredAnswer } from '../completion/structured-answer.ts';

const config = z
  .object({
    /** The provider's default when absent (OPENAI_MODEL). */
    model: z.string().min(1).optional(),
    prompt: z.string().min(1).optional(),
    messages: z
      .array(z.object({ role: z.enum(['system', 'user', 'assistant']), content: z.string() }))
      .min(1)
      .optional(),
    system: z.string().optional(),
    temperature: z.number().min(0).max(2).optional(),
    maxTokens: z.number().int().positive().optional(),
    max_tokens: z.number().int().positive().optional(),
    /** JSON Schema that the answer is to fit. */
    schema: z.record(z.string(), z.json()).optional(),
  })
  .refine(({ prompt, messages }) => (prompt === undefined) !== (messages === undefined), 'expected either prompt or messages');

const output = z.object({
  text: z.string(),
  json: z.json().optional(),
  model: z.string(),
  provider: z.string(),
  usage: z.object({ inputTokens: z.number(), outputTokens: z.number() }),
  /** Null where the price of the model is not known. */
  costUsd: z.number().nullable(),
  cached: z.boolean(),
});

export function llmService(gateway: Pick<ModelGateway, 'complete'>) {
  return defineHandler({
    name: 'llm_service',
    aliases: ['complete'],
    queue: 'evaluation',
    description:
      'Asks a language model, through an OpenAI-compatible endpoint. With a schema, the answer is checked and repaired once.',
    config,
    output,
    example: { prompt: 'Summarise in one sentence: …', temperature: 0, maxTokens: 200 },
    run: async (given, context) => {
      const request: CompleteRequest = {
        messages: messagesOf(given),
        model: given.model,
        temperature: given.temperature,
        maxTokens: given.maxTokens ?? given.max_tokens,
        signal: context.signal,
        idempotencyKey: context.idempotencyKey,
      };
      if (given.schema === undefined) {
        const { text, model, provider, usage } = await gateway.complete(request);
        return { text, model, provider, usage, costUsd: null, cached: false };
      }
      const { answer, json, usage } = await structuredAnswer(gateway, { ...request, schema: given.schema as JsonObject });
      return { text: answer.text, json, model: answer.model, provider: answer.provider, usage, costUsd: null, cached: false };
    },
  });
}

function messagesOf({ system, prompt, messages }: z.output<typeof config>): ChatMessage[] {
  const conversation = messages ?? [{ role: 'user' as const, content: prompt ?? '' }];
  return system === undefined ? conversation : [{ role: 'system', content: system }, ...conversation];
}
