import type { NatsConnection, Subscription } from '@nats-io/transport-node';

const answerWithinMs = 1_000;

/**
 * Takes no more messages; resolves when those on their way have arrived. The server says when that is: while there is no
 * connection to it nothing is on its way, and nobody would ever say so.
 */
export async function drainSubscription(connection: NatsConnection, subscription: Subscription): Promise<void> {
  if (subscription.isClosed() || connection.isClosed()) return;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => resolve('late'), answerWithinMs);
  });
  const drained = subscription.drain().catch(() => 'late' as const);
  if ((await Promise.race([drained, late])) === 'late' && !connection.isClosed()) subscription.unsubscribe();
  clearTimeout(timer);
}
