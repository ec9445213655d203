import { fileURLToPath } from 'node:url';
import { createLogger, startTelemetry } from '@jetsaga/telemetry';
import { readSettings } from './api-settings.ts';
import { createApi } from './create-api.ts';
import { openResources } from './open-resources.ts';

const shipped = [
  { key: 'document-ingestion', file: fileURLToPath(new URL('../../../examples/document-ingestion.yaml', import.meta.url)) },
];

const stopTelemetry = await startTelemetry({ service: 'api' });
const log = createLogger({ name: 'api' });
const settings = readSettings(process.env);
const opened = await openResources({ ...settings, log, shipped: settings.standalone ? shipped : [] });
const app = await createApi(opened.resources);
await app.listen(settings.port, settings.host);
log.info({ url: await app.getUrl() }, 'the API is listening');

async function stop(): Promise<void> {
  const force = setTimeout(() => process.exit(1), settings.shutdownGraceMs);
  force.unref();
  await app.close();
  await opened.close();
  await stopTelemetry();
}
process.once('SIGTERM', () => void stop());
process.once('SIGINT', () => void stop());
