import { runService } from '@jetsaga/service';
import { Agent } from 'undici';
import { AppModule } from './app.module.ts';
import { actionsHandlers } from './handlers/index.ts';

await runService({
  name: 'actions',
  module: AppModule,
  variables: ['EGRESS_ALLOW'],
  handlers: (app) => actionsHandlers({ agent: app.get(Agent) }),
});
