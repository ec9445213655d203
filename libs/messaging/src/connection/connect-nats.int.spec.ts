import { createServer, type AddressInfo, type Server } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, startTestNats, type TestServer } from '@jetsaga/testing';
import { connectNats } from './connect-nats.ts';
import { followConnection } from './follow-connection.ts';

let server: TestServer;

beforeAll(async () => {
  server = await startTestNats();
}, 60_000);

afterAll(() => server.stop());

/** Says hello as a NATS server of that description would. */
async function serverThatSays(info: object): Promise<{ url: string; server: Server }> {
  const fake = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.on('data', (data) => {
      if (data.includes('PING')) socket.write('PONG\r\n');
    });
    socket.write(`INFO ${JSON.stringify({ server_id: 'x', max_payload: 1_048_576, proto: 1, headers: true, ...info })}\r\n`);
  });
  await new Promise<void>((resolve) => fake.listen(0, '127.0.0.1', resolve));
  return { url: `nats://127.0.0.1:${(fake.address() as AddressInfo).port}`, server: fake };
}

describe('connectNats', () => {
  it('logs in with the credentials of the URL', async () => {
    const connection = await connectNats({ url: server.url, name: 'spec' });
    expect(connection.info?.version).toBe(server.version);
    await connection.close();
  });

  it('fails at once with wrong credentials, even when it is to wait', async () => {
    const url = server.url.replace(/:[^:@]+@/, ':wrong@');
    await expect(connectNats({ url, name: 'spec', waitOnFirstConnect: true })).rejects.toMatchObject({ code: 'NATS_AUTH' });
  });

  it('says so when nobody is there', async () => {
    await expect(connectNats({ url: 'nats://127.0.0.1:1', name: 'spec' })).rejects.toMatchObject({ code: 'NATS_UNREACHABLE' });
  });

  it('refuses an old server and one without JetStream, and names the cure', async () => {
    const old = await serverThatSays({ version: '2.8.4', jetstream: true });
    await expect(connectNats({ url: old.url, name: 'spec' })).rejects.toMatchObject({
      code: 'NATS_TOO_OLD',
      message: expect.stringContaining('2.9'),
    });
    const plain = await serverThatSays({ version: '2.12.0' });
    await expect(connectNats({ url: plain.url, name: 'spec' })).rejects.toMatchObject({ code: 'NATS_NO_JETSTREAM' });
    old.server.close();
    plain.server.close();
  });

  it('waits for a server that comes later, and follows it through a restart', async () => {
    await server.kill();
    const connecting = connectNats({ url: server.url, name: 'spec', waitOnFirstConnect: true });
    await server.restart();
    const connection = await connecting;
    const seen: string[] = [];
    followConnection(connection, { disconnected: () => seen.push('disconnected'), reconnected: () => seen.push('reconnected') });
    await server.kill();
    await eventually(() => expect(seen).toEqual(['disconnected']));
    await server.restart();
    await eventually(() => expect(seen).toEqual(['disconnected', 'reconnected']));
    await connection.close();
  }, 30_000);
});
