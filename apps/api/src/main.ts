import { fileURLToPath } from 'node:url';
import { runProcess } from '@jetsaga/service';
import { createLogger } from '@jetsaga/telemetry';
import { readSettings } from './api-settings.ts';
import { createApi } from './create-api.ts';
import { openResources } from './open-resources.ts';

const shipped = [
  { key: 'document-ingestion', file: fileURLToPath(new URL('../../../examples/document-ingestion.yaml', import.meta.url)) },
];

await runProcess('api', async () => {
  const settings = readSettings(process.env);
  const log = createLogger({ name: 'api' });
  const opened = await openResources({ ...settings, log, shipped: settings.standalone ? shipped : [] });
  const app = await createApi(opened.resources);
  await app.listen(settings.port, settings.host);
  log.info({ url: await app.getUrl() }, 'the API is ready');
  return {
    stop: async () => {
      await app.close();
      await opened.close();
    },
  };
});
