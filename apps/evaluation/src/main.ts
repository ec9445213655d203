import type { ModelGateway } from '@jetsaga/ai';
import { runService } from '@jetsaga/service';
import { AppModule, evaluationVariables, MODEL_GATEWAY } from './app.module.ts';
import { evaluationHandlers } from './handlers/index.ts';

await runService({
  name: 'evaluation',
  module: AppModule,
  variables: evaluationVariables,
  handlers: (app) => evaluationHandlers({ gateway: app.get<ModelGateway>(MODEL_GATEWAY) }),
});
