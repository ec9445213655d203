import { BLOB_STORE, runService } from '@jetsaga/service';
import type { BlobStore } from '@jetsaga/storage';
import { AppModule } from './app.module.ts';
import { trainingHandlers } from './handlers/index.ts';

await runService({
  name: 'training',
  module: AppModule,
  handlers: (app) => trainingHandlers({ store: app.get<BlobStore>(BLOB_STORE) }),
});
