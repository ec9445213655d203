import { TerminalError } from '@jetsaga/worker';
import { modelConfigSchema, type ModelConfig } from './model-config.ts';
import type { EmbedRequest, EmbedResult, ModelGateway } from './model-gateway.ts';
import { offlineEmbedding } from './offline-embedding.ts';
import type { OpenAiProvider } from './open-ai-provider.ts';

/** The name of the embedding model that needs no provider. */
export const offlineModel = 'offline';

export interface ModelGatewayOptions {
  /** In place of the built-in one. */
  readonly fetch?: typeof fetch;
  /** For one request; 120 s when absent. */
  readonly timeoutMs?: number;
}

/**
 * A gateway over the endpoint that the environment names. Without one, embeddings are made offline and `complete`
 * throws NO_PROVIDER: an answer is never made up. Throws when a variable is set wrongly.
 */
export function createModelGateway(
  environment: Readonly<Record<string, string | undefined>>,
  options: ModelGatewayOptions = {},
): ModelGateway {
  const config = readConfig(environment);
  const configured = config.OPENAI_API_KEY !== undefined || config.OPENAI_BASE_URL !== undefined;
  const embeddingModel = configured ? config.OPENAI_EMBEDDING_MODEL : offlineModel;
  let loaded: Promise<OpenAiProvider> | undefined;
  /** The client library takes about 35 MB, so it is loaded at its first use. */
  const provider = async (model: string): Promise<OpenAiProvider> => {
    if (!configured || model === offlineModel) throw noProvider(model);
    loaded ??= import('./open-ai-provider.ts').then(({ OpenAiProvider }) => new OpenAiProvider(config, options));
    return loaded;
  };
  return {
    embeddingModel,
    embed: async (request) => {
      const model = request.model ?? embeddingModel;
      if (model === offlineModel) return embedOffline(request);
      return (await provider(model)).embed({ ...request, model });
    },
    complete: async (request) => {
      const model = request.model ?? config.OPENAI_MODEL;
      return (await provider(model)).complete({ ...request, model });
    },
  };
}

function readConfig(environment: Readonly<Record<string, string | undefined>>): ModelConfig {
  // An empty variable is how a shell or a manifest says "not set".
  const present = Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value !== undefined && value.trim() !== ''),
  );
  const config = modelConfigSchema.safeParse(present);
  if (config.success) return config.data;
  const problems = config.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw new Error(`the model configuration is wrong: ${problems.join('; ')}`);
}

function embedOffline({ texts, dimensions }: EmbedRequest): EmbedResult {
  return {
    vectors: texts.map((text) => offlineEmbedding(text, dimensions)),
    model: offlineModel,
    provider: 'offline',
    usage: { inputTokens: 0, outputTokens: 0 },
  };
}

function noProvider(model: string): TerminalError {
  return new TerminalError(
    'NO_PROVIDER',
    `no model provider is configured for the model ${model}; set OPENAI_API_KEY, or OPENAI_BASE_URL to an OpenAI-compatible endpoint (only embeddings, with model "${offlineModel}", work without one)`,
  );
}
