import { runService } from '@jetsaga/service';
import { ingestionService } from './ingestion-service.ts';

await runService(ingestionService);
