import { BaseRpcContext } from '@nestjs/microservices';
import type { Delivery } from '../consume/delivery.ts';
import type { IncomingMessage } from '../request/serve-requests.ts';

/** What a handler gets by `@Ctx()`: where the message comes from. */
export class JetStreamContext extends BaseRpcContext<[IncomingMessage | Delivery]> {
  get subject(): string {
    return this.args[0].subject;
  }

  get traceparent(): string | undefined {
    return this.args[0].traceparent;
  }

  header(name: string): string | undefined {
    return this.args[0].header(name);
  }
}
