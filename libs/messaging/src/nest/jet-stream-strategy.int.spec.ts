import 'reflect-metadata';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  Controller,
  Module,
  UseGuards,
  type CanActivate,
  type INestApplication,
  type OnModuleInit,
  type Type,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Ctx, EventPattern, MessagePattern, Payload } from '@nestjs/microservices';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { CloudEvent } from '@jetsaga/contracts';
import { eventually, startTestNats, type TestServer } from '@jetsaga/testing';
import { jetstreamManager, type JetStreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { of } from 'rxjs';
import { connectNats } from '../connection/connect-nats.ts';
import { PipelinedPublisher } from '../publish/pipelined-publisher.ts';
import { ServiceClient } from '../request/service-client.ts';
import { ServiceError } from '../request/service-error.ts';
import { ensureTopology } from '../streams/ensure-topology.ts';
import { JetStreamContext } from './jet-stream-context.ts';
import { connectJetStream, JetStreamEvent, JetStreamStrategy, type JetStreamEventExtras } from './jet-stream-strategy.ts';

const seen: { data: unknown; subject: string; attempt: number }[] = [];
let inits = 0;
let release: (() => void) | undefined;

class Nobody implements CanActivate {
  canActivate(): boolean {
    return false;
  }
}

const orders: JetStreamEventExtras = { stream: 'EVENTS', durable: 'shop-orders', maxDeliveries: 2 };

@Controller()
class ShopController implements OnModuleInit {
  onModuleInit(): void {
    inits += 1;
  }

  @MessagePattern('svc.shop.double')
  double(@Payload() payload: { n: number }): { twice: number } {
    return { twice: payload.n * 2 };
  }

  @MessagePattern('svc.shop.stream')
  stream() {
    return of('first', 'last');
  }

  @MessagePattern('svc.shop.subject')
  subject(@Ctx() context: JetStreamContext) {
    return { subject: context.subject, traceparent: context.traceparent ?? null };
  }

  @MessagePattern('svc.shop.refuse')
  refuse(): never {
    throw new ServiceError('OUT_OF_STOCK', 'none left');
  }

  @MessagePattern('svc.shop.break')
  async break(): Promise<never> {
    await Promise.resolve();
    throw new Error('hunter2');
  }

  @UseGuards(Nobody)
  @MessagePattern('svc.shop.guarded')
  guarded(): string {
    return 'never';
  }

  @MessagePattern('svc.shop.slow')
  slow(): Promise<string> {
    return new Promise((resolve) => {
      release = () => resolve('done');
    });
  }

  @JetStreamEvent('events.orders.>', orders)
  ordered(@Payload() event: CloudEvent, @Ctx() context: JetStreamContext): void {
    const attempt = seen.filter(({ data }) => data === event.data).length + 1;
    seen.push({ data: event.data, subject: context.subject, attempt });
    if (event.data === 'bad') throw new Error('cannot take this one');
  }
}

@Module({ controllers: [ShopController] })
class ShopModule {}

let server: TestServer;
let connection: NatsConnection;
let manager: JetStreamManager;
let publisher: PipelinedPublisher;
let client: ServiceClient;
let app: INestApplication;

beforeAll(async () => {
  server = await startTestNats();
  connection = await connectNats({ url: server.url, name: 'spec' });
  manager = await jetstreamManager(connection);
  publisher = new PipelinedPublisher(connection);
  client = new ServiceClient(connection);
  app = await start(ShopModule);
}, 60_000);

afterAll(async () => {
  await app.close();
  publisher.close();
  await connection.close();
  await server.stop();
});

async function start(module: Type): Promise<INestApplication> {
  const created = await NestFactory.create(module, new FastifyAdapter(), { logger: false, abortOnError: false });
  await created.init();
  connectJetStream(created, new JetStreamStrategy({ connection, service: 'shop' }));
  try {
    return await created.startAllMicroservices();
  } catch (error) {
    await created.close();
    throw error;
  }
}

describe('@MessagePattern', () => {
  it('answers requests with values, promises and the last of a stream', async () => {
    expect(await client.call('shop', 'double', { n: 21 })).toEqual({ twice: 42 });
    expect(await client.call('shop', 'stream', {})).toBe('last');
    expect(await client.call('shop', 'subject', {})).toEqual({ subject: 'svc.shop.subject', traceparent: null });
  });

  it('answers errors with their code', async () => {
    await expect(client.call('shop', 'refuse', {})).rejects.toMatchObject({ code: 'OUT_OF_STOCK', message: 'none left' });
    await expect(client.call('shop', 'break', {})).rejects.toMatchObject({ code: 'INTERNAL' });
    await expect(client.call('shop', 'guarded', {})).rejects.toMatchObject({ code: 'REQUEST_REFUSED' });
    const malformed = await connection.request('svc.shop.double', '{', { timeout: 1_000 });
    expect(malformed.json()).toMatchObject({ error: { code: 'INVALID_REQUEST' } });
  });

  it('calls the hooks of the modules once', () => {
    expect(inits).toBe(1);
  });
});

describe('@JetStreamEvent', () => {
  it('waits for the stream, reads events, tries failed ones again and puts them into the dead letters', async () => {
    await ensureTopology(manager);
    for (const [index, data] of ['one', 'bad', 'two'].entries()) {
      const [outcome] = await publisher.publish([
        { subject: 'events.orders.placed', payload: JSON.stringify(data), id: `e${index}` },
      ]);
      expect(outcome?.ok).toBe(true);
    }
    await publisher.publish([{ subject: 'events.orders.placed', payload: 'no JSON' }]);
    await eventually(async () => expect((await manager.streams.info('DEAD_LETTERS')).state.messages).toBe(2), {
      timeoutMs: 10_000,
    });
    expect(seen.map(({ data }) => data).sort()).toEqual(['bad', 'bad', 'one', 'two']);
    expect(seen.find(({ attempt }) => attempt === 2)).toMatchObject({ data: 'bad', subject: 'events.orders.placed' });
    const reasons = await Promise.all(
      [1, 2].map(async (seq) => (await manager.streams.getMessage('DEAD_LETTERS', { seq }))?.header.get('Jetsaga-Dead-Reason')),
    );
    expect(reasons.sort()).toEqual(['cannot take this one', 'the body is not JSON']);
    await eventually(async () => expect((await manager.consumers.info('EVENTS', 'shop-orders')).num_ack_pending).toBe(0));
  }, 20_000);

  it('makes its consumer again when the streams are deleted', async () => {
    for await (const stream of manager.streams.list()) await manager.streams.delete(stream.config.name);
    await ensureTopology(manager);
    await publisher.publish([{ subject: 'events.orders.placed', payload: '"after"' }]);
    await eventually(() => expect(seen.at(-1)).toMatchObject({ data: 'after' }), { timeoutMs: 10_000 });
  }, 20_000);
});

describe('JetStreamStrategy', () => {
  it('refuses wiring that cannot work, and names the cure', async () => {
    @Controller()
    class Twice {
      @MessagePattern('svc.shop.same')
      one(): void {}

      @MessagePattern('svc.shop.same')
      two(): void {}
    }
    @Module({ controllers: [Twice] })
    class TwiceModule {}
    await expect(start(TwiceModule)).rejects.toThrow("two handlers answer 'svc.shop.same'");

    @Controller()
    class Nameless {
      @EventPattern<string>('events.>')
      one(): void {}
    }
    @Module({ controllers: [Nameless] })
    class NamelessModule {}
    await expect(start(NamelessModule)).rejects.toThrow('needs { stream, durable }');
  });

  it('answers what it has in hand before it closes', async () => {
    const answer = client.call('shop', 'slow', {});
    await eventually(() => expect(release).toBeDefined());
    await connection.flush();
    const closing = app.close();
    release?.();
    expect(await answer).toBe('done');
    await closing;
    await expect(client.call('shop', 'double', { n: 1 })).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
    app = await start(ShopModule);
  });
});
