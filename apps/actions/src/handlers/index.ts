import type { AnyHandler } from '@jetsaga/worker';
import type { Dispatcher } from 'undici';
import { callExternalService } from './call-external-service.handler.ts';

/** What the handlers of this service work with. */
export interface ActionsDependencies {
  /** For calls to the outside; it keeps to EGRESS_ALLOW. */
  readonly agent: Dispatcher;
}

export function actionsHandlers({ agent }: ActionsDependencies): AnyHandler[] {
  return [callExternalService(agent)];
}
