import { runService } from '@jetsaga/service';
import { CoordinatorModule } from './coordinator.module.ts';

await runService({ name: 'coordinator', module: CoordinatorModule, variables: ['DATABASE_URL'] });
