import type { ClaimChecks, Clock, Json, Task } from '@jetsaga/contracts';
import type { Delivery } from '@jetsaga/messaging';
import { inSpan, withTraceparent, type Logger } from '@jetsaga/telemetry';
import type { AnyHandler } from '../define-handler.ts';
import { TerminalError } from '../handler-errors.ts';
import { fillSecrets } from '../secrets/fill-secrets.ts';
import type { SecretProvider } from '../secrets/secret-provider.ts';
import { openReferences } from '../task/open-references.ts';
import { checkedConfig } from '../task/step-outcome.ts';
import type { DeadTasks } from './dead-tasks.ts';
import { handlerLog } from './running-task.ts';
import type { Slots } from './slots.ts';

export interface CancelTasksParts {
  readonly secrets: SecretProvider;
  readonly claimChecks: ClaimChecks | undefined;
  readonly dead: DeadTasks;
  readonly clock: Clock;
  readonly log: Logger;
  /** Called when the last one is done. */
  readonly idle: () => void;
}

/** Well inside the consumer's `ack_wait` of 30 s. */
const keepAliveEveryMs = 8_000;
/** Times the delivery count. */
const againAfterMs = 2_000;

/**
 * Tells handlers that a step which they deferred is not wanted any more. Nothing is reported: the step has settled. What fails comes again, and
 * ends in the dead letters like any task that is delivered too often.
 */
export class CancelTasks {
  private readonly parts: CancelTasksParts;
  private readonly open = new Set<Delivery>();

  constructor(parts: CancelTasksParts) {
    this.parts = parts;
  }

  get count(): number {
    return this.open.size;
  }

  accept(delivery: Delivery, task: Task, handler: AnyHandler, slots: Slots): void {
    if (!handler.cancel) {
      delivery.ack();
      return;
    }
    this.open.add(delivery);
    slots.take();
    const stopKeepingAlive = this.keepAlive(delivery);
    void this.answered(delivery, task, handler).finally(() => {
      stopKeepingAlive();
      slots.release();
      this.open.delete(delivery);
      if (this.open.size === 0) this.parts.idle();
    });
  }

  /** Calls the handler's `cancel`, if it has one. Rejects with what it throws. */
  async cancel(task: Task, handler: AnyHandler, traceparent: string | null): Promise<void> {
    const { cancel } = handler;
    if (!cancel) return;
    const { secrets: slots, executionId, workflow, path, attempt, idempotencyKey, token } = task;
    let config: Json = await openReferences(task.config, handler.claimChecks, this.parts.claimChecks);
    if (slots && slots.length > 0) config = (await fillSecrets(config, slots, this.parts.secrets)).config;
    const log = handlerLog(task, this.parts.log);
    const context = { executionId, workflow, path, attempt, idempotencyKey, token, traceparent, log };
    const attributes = { 'jetsaga.execution': executionId, 'jetsaga.path': path, 'jetsaga.attempt': attempt };
    const perform = () => cancel(checkedConfig(handler, config), context);
    await withTraceparent(traceparent, () =>
      inSpan(`cancel ${handler.description.name}`, { kind: 'consumer', attributes }, perform),
    );
  }

  /** Another worker is to do what was not done here. */
  handBackAll(): void {
    for (const delivery of this.open) delivery.nak();
  }

  private async answered(delivery: Delivery, task: Task, handler: AnyHandler): Promise<void> {
    try {
      await this.cancel(task, handler, delivery.traceparent ?? null);
      delivery.ack();
    } catch (error) {
      const { executionId: execution, path } = task;
      this.parts.log.warn({ err: error, execution, path, handler: task.handler }, 'a cancelled step could not be taken back');
      if (error instanceof TerminalError) this.parts.dead.bury(delivery, `its handler cannot take it back: ${error.message}`);
      else delivery.nak(againAfterMs * delivery.deliveryCount);
    }
  }

  private keepAlive(delivery: Delivery): () => void {
    let cancel = () => {};
    const next = () => {
      cancel = this.parts.clock.after(keepAliveEveryMs, () => {
        delivery.working();
        next();
      });
    };
    next();
    return () => cancel();
  }
}
