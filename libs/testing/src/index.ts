export { eventually, type EventuallyOptions } from './eventually.ts';
export { startHttpServer, type HttpAnswer, type HttpHandler, type RecordedRequest, type TestHttpServer } from './http-server.ts';
export { mustBeReleased } from './leak-check.ts';
export { createTestDatabase, type TestDatabase } from './test-database.ts';
export { startTestNats, startTestPostgres, type TestServer } from './test-servers.ts';
export { Platform, platformApps, type PlatformApp, type PlatformOptions } from './platform/platform.ts';
export { PlatformProcess } from './platform/platform-process.ts';
export { brokenDefinitionHandlers, brokenDefinitions, headText, nodesText, stepText } from './broken-definitions.ts';
