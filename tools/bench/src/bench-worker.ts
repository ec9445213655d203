import { defineHandler, runWorker } from '@jetsaga/worker';
import { z } from 'zod';

const noop = defineHandler({
  name: 'bench_noop',
  queue: 'bench',
  description: 'Does nothing, for measuring what is around it.',
  config: z.object({}),
  output: z.object({ ok: z.boolean() }),
  example: {},
  run: async () => ({ ok: true }),
});

const natsUrl = process.env['NATS_URL'];
if (!natsUrl) throw new Error('NATS_URL is missing');
const worker = await runWorker({ natsUrl, handlers: [noop], concurrency: Number(process.env['WORKER_CONCURRENCY'] ?? 256) });
process.on('SIGTERM', () => void worker.stop().then(() => process.exit(0)));
