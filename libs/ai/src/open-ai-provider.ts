import { RetryableError } from '@jetsaga/worker';
import OpenAI from 'openai';
import { embeddingBatches, embeddingLimits } from './embedding-batches.ts';
import type { ModelConfig } from './model-config.ts';
import { abortedCall, modelFailure, timedOutCall } from './model-errors.ts';
import type { CompleteRequest, CompleteResult, EmbedRequest, EmbedResult } from './model-gateway.ts';
import { loadTokenizer } from './tokenizer.ts';

type Named<T> = T & { readonly model: string };

/** An OpenAI-compatible endpoint. */
export class OpenAiProvider {
  readonly #client: OpenAI;
  readonly #official: boolean;
  readonly #timeoutMs: number;

  constructor(config: ModelConfig, options: { readonly fetch?: typeof fetch; readonly timeoutMs?: number } = {}) {
    this.#official = config.OPENAI_BASE_URL === undefined;
    this.#timeoutMs = options.timeoutMs ?? 120_000;
    this.#client = new OpenAI({
      // Endpoints without authentication take any key; the client insists on one.
      apiKey: config.OPENAI_API_KEY ?? 'none',
      baseURL: config.OPENAI_BASE_URL ?? 'https://api.openai.com/v1',
      organization: null,
      project: null,
      maxRetries: 0,
      fetch: options.fetch,
      logLevel: 'off',
    });
  }

  async embed(request: Named<EmbedRequest>): Promise<EmbedResult> {
    const { model, dimensions } = request;
    const batches = embeddingBatches(request.texts, await loadTokenizer(), embeddingLimits);
    const vectors: Float32Array[] = [];
    let inputTokens = 0;
    for (const [index, input] of batches.entries()) {
      const answer = await this.#call(request, batches.length > 1 ? `:${index}` : '', (call) =>
        this.#client.embeddings.create({ model, input, dimensions, encoding_format: 'float' }, call),
      );
      vectors.push(...vectorsOf(answer, input.length, model));
      inputTokens += answer.usage?.prompt_tokens ?? 0;
    }
    return { vectors, model, provider: 'openai', usage: { inputTokens, outputTokens: 0 } };
  }

  async complete(request: Named<CompleteRequest>): Promise<CompleteResult> {
    const { model, schema } = request;
    const answer = await this.#call(request, '', (call) =>
      this.#client.chat.completions.create(
        {
          model,
          messages: request.messages.map(({ role, content }) => ({ role, content })),
          temperature: request.temperature,
          // OpenAI's newer models refuse the old name; many compatible endpoints know no other.
          [this.#official ? 'max_completion_tokens' : 'max_tokens']: request.maxTokens,
          response_format: schema && { type: 'json_schema', json_schema: { name: 'answer', strict: true, schema } },
        },
        call,
      ),
    );
    const choice = answer.choices?.[0];
    const text = choice?.message?.content;
    if (choice == null || typeof text !== 'string') throw modelFailure(new Error('it has no text'), model);
    return {
      text,
      json: schema && parsed(text, model),
      model: answer.model ?? model,
      provider: 'openai',
      finishReason: choice.finish_reason ?? 'stop',
      usage: { inputTokens: answer.usage?.prompt_tokens ?? 0, outputTokens: answer.usage?.completion_tokens ?? 0 },
    };
  }

  /** The client's own time limit ends with the headers; this one covers the body too. */
  async #call<T>(request: CallRequest, part: string, call: (options: OpenAI.RequestOptions) => Promise<T>): Promise<T> {
    const timeout = AbortSignal.timeout(this.#timeoutMs);
    const { signal, idempotencyKey, model } = request;
    try {
      return await call({
        signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
        timeout: this.#timeoutMs + 1_000,
        headers: idempotencyKey === undefined ? {} : { 'Idempotency-Key': `${idempotencyKey}${part}` },
      });
    } catch (error) {
      if (signal?.aborted) throw abortedCall(model, error);
      if (timeout.aborted) throw timedOutCall(model, error);
      throw modelFailure(error, model);
    }
  }
}

interface CallRequest {
  readonly model: string;
  readonly signal?: AbortSignal;
  readonly idempotencyKey?: string;
}

/** In the order of the texts. The endpoint may answer in another order; that it answers all of them is checked here. */
function vectorsOf(answer: OpenAI.CreateEmbeddingResponse, expected: number, model: string): Float32Array[] {
  const vectors = new Array<Float32Array | undefined>(expected);
  for (const { index, embedding } of answer.data ?? []) vectors[index] = Float32Array.from(embedding);
  const length = vectors[0]?.length ?? 0;
  return Array.from(vectors, (vector, index) => {
    if (vector === undefined || vector.length === 0 || vector.length !== length || !vector.every(Number.isFinite))
      throw new RetryableError('MODEL_ANSWER_MALFORMED', `${model} gave no usable vector for text ${index} of ${expected}`);
    return vector;
  });
}

function parsed(text: string, model: string) {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new RetryableError('MODEL_ANSWER_MALFORMED', `${model} was asked for JSON and answered something else`, {
      cause: error,
    });
  }
}
