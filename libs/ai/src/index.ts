export { createModelGateway, offlineModel, type ModelGatewayOptions } from './create-model-gateway.ts';
export type {
  ChatMessage,
  CompleteRequest,
  CompleteResult,
  EmbedRequest,
  EmbedResult,
  ModelGateway,
  ModelUsage,
  ProviderName,
} from './model-gateway.ts';
export { modelConfigSchema, type ModelConfig } from './model-config.ts';
export { offlineDimensions, offlineEmbedding } from './offline-embedding.ts';
export { loadTokenizer, type Tokenizer } from './tokenizer.ts';
