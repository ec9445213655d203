import { Module } from '@nestjs/common';

/** Datasets are in the blob store, which every service has: there is nothing else to provide yet. */
@Module({})
export class AppModule {}
