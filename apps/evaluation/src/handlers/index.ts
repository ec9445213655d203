import type { ModelGateway } from '@jetsaga/ai';
import type { AnyHandler } from '@jetsaga/worker';
import { llmService } from './llm-service.handler.ts';

/** What the handlers of this service work with. */
export interface EvaluationDependencies {
  readonly gateway: ModelGateway;
}

export function evaluationHandlers({ gateway }: EvaluationDependencies): AnyHandler[] {
  return [llmService(gateway)];
}
