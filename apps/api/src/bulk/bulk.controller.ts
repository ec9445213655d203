import { Body, Controller, Get, HttpCode, Param, Post, Req } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { bulkBody, bulkView, viewBulk, type BulkBody, type BulkView } from './bulk-body.ts';
import { BulkJobs } from './bulk-jobs.ts';

@ApiTags('bulk')
@Controller('v1/bulk')
export class BulkController {
  private readonly jobs: BulkJobs;

  constructor(jobs: BulkJobs) {
    this.jobs = jobs;
  }

  @Post()
  @HttpCode(202)
  @ApiOperation({ summary: 'Cancel, retry, pause, resume or delete every execution that matches; a job does it' })
  @ApiResponse({ status: 202, standardSchema: bulkView })
  async give(@Body({ schema: bulkBody }) body: BulkBody, @Req() request: FastifyRequest): Promise<BulkView> {
    return viewBulk(await this.jobs.add(body, request.actor));
  }

  @Get(':id')
  @ApiOperation({ summary: 'How far a bulk job is' })
  @ApiResponse({ status: 200, standardSchema: bulkView })
  async get(@Param('id') id: string): Promise<BulkView> {
    return viewBulk(await this.jobs.get(id));
  }
}
