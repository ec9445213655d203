export {
  configurationVariables,
  type ConfigurationVariable,
  type VariableName,
} from './configuration/configuration-variables.ts';
export { ConfigurationInvalid, loadConfiguration, type Configuration } from './configuration/load-configuration.ts';
export { loadDotEnv } from './configuration/dot-env.ts';
export { HealthChecks, type HealthReport, type PartHealth } from './health/health-checks.ts';
export { HealthController } from './health/health.controller.ts';
export { BLOB_STORE, CONFIGURATION, LOGGER, METRICS, NATS_CONNECTION, OPEN_DATABASE } from './nest/service-tokens.ts';
export type { DataSource, OpenDatabase } from './nest/open-database.ts';
export { runProcess, type RunningProcess } from './run-process.ts';
export { whenPostgresAnswers } from './when-postgres-answers.ts';
export { runService } from './run-service.ts';
export {
  serviceVariables,
  startService,
  type RunningService,
  type ServiceConfiguration,
  type ServiceDefinition,
} from './start-service.ts';
