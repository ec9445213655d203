import type { VariableName } from './configuration/configuration-variables.ts';
import { runProcess } from './run-process.ts';
import { startService, type ServiceDefinition } from './start-service.ts';

/** The whole life of a service's process; see runProcess. */
export function runService<Name extends VariableName = never>(definition: ServiceDefinition<Name>): Promise<void> {
  return runProcess(definition.name, () => startService(definition));
}
