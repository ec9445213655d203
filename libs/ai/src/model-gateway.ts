import type { Json, JsonObject } from '@jetsaga/contracts';

export interface ModelUsage {
  readonly inputTokens: number;
  readonly outputTokens: number;
}

export interface EmbedRequest {
  readonly texts: readonly string[];
  /** `offline`, or a model of the provider; the gateway's default when absent. */
  readonly model?: string;
  readonly dimensions?: number;
  readonly signal?: AbortSignal;
  readonly idempotencyKey?: string;
}

export interface EmbedResult {
  /** One per text, in order, all of the same length. */
  readonly vectors: readonly Float32Array[];
  /** The model asked for: vectors of different models are not comparable. */
  readonly model: string;
  readonly provider: ProviderName;
  readonly usage: ModelUsage;
}

export interface ChatMessage {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string;
}

export interface CompleteRequest {
  readonly messages: readonly ChatMessage[];
  /** The gateway's default when absent. */
  readonly model?: string;
  readonly temperature?: number;
  readonly maxTokens?: number;
  /** JSON Schema that the answer must have; it is then in `json`, checked by the provider only. */
  readonly schema?: JsonObject;
  readonly signal?: AbortSignal;
  readonly idempotencyKey?: string;
}

export interface CompleteResult {
  readonly text: string;
  /** The parsed text, where a schema was given. */
  readonly json?: Json;
  /** As the provider names it. */
  readonly model: string;
  readonly provider: ProviderName;
  readonly finishReason: string;
  readonly usage: ModelUsage;
}

export type ProviderName = 'openai' | 'offline';

/**
 * Models by name. It does not retry: it throws RetryableError (rate limits, 5xx, timeouts, lost connections, malformed
 * answers) or TerminalError (everything else), and the step's retry policy decides.
 */
export interface ModelGateway {
  /** Which model `embed` uses when none is named, with its dimensions where they are known beforehand. */
  readonly embeddingModel: string;
  embed(request: EmbedRequest): Promise<EmbedResult>;
  complete(request: CompleteRequest): Promise<CompleteResult>;
}
