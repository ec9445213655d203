import { CONFIGURATION, type ServiceConfiguration } from '@jetsaga/service';
import { Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { Agent } from 'undici';
import { egressAgent } from './egress/egress-agent.ts';
import { EgressPolicy } from './egress/egress-policy.ts';

@Module({
  providers: [
    {
      provide: Agent,
      inject: [CONFIGURATION],
      useFactory: ({ EGRESS_ALLOW }: ServiceConfiguration<'EGRESS_ALLOW'>) => egressAgent(new EgressPolicy(EGRESS_ALLOW)),
    },
  ],
})
export class AppModule implements OnApplicationShutdown {
  constructor(@Inject(Agent) private readonly agent: Agent) {}

  onApplicationShutdown(): Promise<void> {
    return this.agent.destroy();
  }
}
