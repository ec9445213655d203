/** Sizes are in bytes of UTF-8 JSON. Beyond a limit there is an error before anything is accepted. */
export const limits = {
  /** A value up to this size travels inline; a larger one becomes a claim check. */
  inlineValueBytes: 256 * 1024,
  /** What a decision may look into. */
  openedClaimCheckBytes: 8 * 1024 * 1024,
  claimCheckBytes: 100 * 1024 * 1024,
  definitionBytes: 1024 * 1024,
  definitionNodes: 2_000,
  nodeIdLength: 128,
  jsonDepth: 64,
  expressionLength: 10_000,
  eventChainDepth: 16,
  /** Executions inside each other. */
  childDepth: 16,
  /** Signals that one execution keeps for steps to come. */
  keptSignals: 1_000,
  /** Executions that one `send_signal` may reach. */
  signalRecipients: 1_000,
  /** Deliveries of one message before it is called poison. */
  maxDeliveries: 10,
  /** Messages sent for one attempt before it is called poison; lost streams and dead coordinators use them up as well. */
  maxDispatches: 50,
} as const;
