import { queueGroups, resultReplySchema, subjects, type Clock } from '@jetsaga/contracts';
import type { PipelinedPublisher } from '@jetsaga/messaging';
import type { Logger } from '@jetsaga/telemetry';
import type { NatsConnection } from '@nats-io/transport-node';

export interface ResultToSend {
  /** JSON of one StepResult. */
  readonly text: string;
  /** Called when it is stored, in Postgres or in the stream. */
  stored(): void;
}

export interface ResultSenderParts {
  readonly connection: NatsConnection;
  readonly publisher: PipelinedPublisher;
  readonly log: Logger;
  readonly clock: Clock;
}

/** Lists without an answer at a time; while that many are under way, results gather. */
const listsUnderWay = 2;
const resultsPerList = 512;
/** Until the coordinators must have committed; then the stream takes the list, which does no harm. */
const answerWithinMs = 2_000;
const firstPauseMs = 100;
const longestPauseMs = 2_000;
/** Results that wait for an answer before no more tasks are taken. */
const fullAt = 4_096;

/**
 * Hands results over, a list per turn of the event loop: by request to the coordinators, who answer after COMMIT; where nobody
 * answers in time, into the stream. It does not give up while the connection lives: whoever waits keeps his tasks alive.
 */
export class ResultSender {
  private readonly parts: ResultSenderParts;
  private readonly bytesPerList: number;
  private readonly waiting: ResultToSend[] = [];
  private readonly listeners: (() => void)[] = [];
  private underWay = 0;
  private unstored = 0;
  private scheduled = false;
  private closed = false;

  constructor(parts: ResultSenderParts) {
    this.parts = parts;
    this.bytesPerList = Math.min((parts.connection.info?.max_payload ?? 1_048_576) - 4_096, 900_000);
  }

  send(result: ResultToSend): void {
    this.waiting.push(result);
    this.unstored += 1;
    if (this.scheduled || this.underWay >= listsUnderWay) return;
    this.scheduled = true;
    setImmediate(() => {
      this.scheduled = false;
      this.flush();
    });
  }

  /** Resolves while few enough results wait for an answer. */
  async room(): Promise<void> {
    while (this.unstored >= fullAt && !this.closed) await this.nextStored();
  }

  /** Resolves to true when every result is stored, to false when that takes too long. */
  async drained(withinMs: number): Promise<boolean> {
    let late = false;
    const cancel = this.parts.clock.after(withinMs, () => {
      late = true;
      this.tell();
    });
    while (this.unstored > 0 && !late) await this.nextStored();
    cancel();
    return this.unstored === 0;
  }

  close(): void {
    this.closed = true;
    this.tell();
  }

  private flush(): void {
    while (this.waiting.length > 0 && this.underWay < listsUnderWay) {
      const list = this.nextList();
      this.underWay += 1;
      void this.deliver(list).then(() => {
        this.underWay -= 1;
        this.unstored -= list.length;
        this.tell();
        if (!this.scheduled) this.flush();
      });
    }
  }

  private nextList(): ResultToSend[] {
    let bytes = 0;
    let count = 0;
    for (const { text } of this.waiting) {
      bytes += Buffer.byteLength(text) + 1;
      if (count > 0 && (bytes > this.bytesPerList || count >= resultsPerList)) break;
      count += 1;
    }
    return this.waiting.splice(0, count);
  }

  private async deliver(list: readonly ResultToSend[]): Promise<void> {
    const payload = `{"v":1,"results":[${list.map(({ text }) => text).join(',')}]}`;
    for (let pause = firstPauseMs; !this.closed; pause = Math.min(pause * 2, longestPauseMs)) {
      if ((await this.request(payload)) || (await this.publish(payload))) {
        for (const result of list) result.stored();
        return;
      }
      await new Promise<void>((resolve) => this.parts.clock.after(pause / 2 + (Math.random() * pause) / 2, resolve));
    }
  }

  private async request(payload: string): Promise<boolean> {
    try {
      const answer = await this.parts.connection.request(subjects.results, payload, { timeout: answerWithinMs });
      const reply = resultReplySchema.safeParse(answer.json());
      if (reply.success && reply.data.ok) return true;
      this.parts.log.warn({ reason: reply.data?.reason }, `${queueGroups.coordinators} did not store a list of results`);
    } catch (error) {
      this.parts.log.debug({ err: error }, 'no coordinator answered; the stream takes the results');
    }
    return false;
  }

  private async publish(payload: string): Promise<boolean> {
    const [outcome] = await this.parts.publisher.publish([{ subject: subjects.sagaResult, payload }]);
    if (outcome?.ok) return true;
    this.parts.log.warn({ err: outcome?.error }, 'results cannot be handed over at the moment; trying again');
    return false;
  }

  private nextStored(): Promise<void> {
    return new Promise((resolve) => this.listeners.push(resolve));
  }

  private tell(): void {
    for (const listener of this.listeners.splice(0)) listener();
  }
}
