export { connectNats, natsFilesFromEnvironment, type NatsOptions } from './connection/connect-nats.ts';
export { followConnection, type ConnectionFollower } from './connection/follow-connection.ts';
export { MessagingError, type MessagingErrorCode } from './connection/messaging-error.ts';
export { ensureEventConsumer, ensureQueueConsumer, ensureTopology, type TopologyReport } from './streams/ensure-topology.ts';
export { wantedConsumers, wantedQueueConsumer, wantedStreams, type TopologyOptions } from './streams/stream-topology.ts';
export { PipelinedPublisher, type MessageToPublish, type PublisherOptions } from './publish/pipelined-publisher.ts';
export { BatchConsumer, type BatchConsumerOptions } from './consume/batch-consumer.ts';
export { Delivery } from './consume/delivery.ts';
export { jsonOf, openDelivery, type OpenedDelivery } from './consume/open-delivery.ts';
export { DeadLetters, deadLetterHeaders, type DeadLettersOptions } from './dead-letters/dead-letters.ts';
export { requestReply, type ReplyOutcome, type RequestSettings } from './request/request-reply.ts';
export { listen, serveRequests, type IncomingMessage, type ServeOptions, type Serving } from './request/serve-requests.ts';
export { ServiceError } from './request/service-error.ts';
export { ServiceCallError, ServiceClient, type CallOptions, type ServiceCallCode } from './request/service-client.ts';
export { decodeEvent } from './events/decode-event.ts';
export { encodeEvent } from './events/encode-event.ts';
export {
  connectJetStream,
  JetStreamStrategy,
  type JetStreamEventExtras,
  type JetStreamStrategyOptions,
} from './nest/jet-stream-strategy.ts';
export { JetStreamContext } from './nest/jet-stream-context.ts';
export { NatsBus, type NatsBusOptions } from './nats-bus.ts';
export type { NatsConnection } from '@nats-io/transport-node';
