export { connectionOptions, type ConnectionOptions } from './connection-options.ts';
export { openDataSource, type OpenDataSourceOptions } from './open-data-source.ts';
export { openSagaDataSource } from './saga-data-source.ts';
export { plainPayloads, type PayloadCodec } from './payload-codec.ts';
