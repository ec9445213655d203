import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query, Req } from '@nestjs/common';
import type { Json } from '@jetsaga/contracts';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiBody, ApiConsumes, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { anyJson } from '../http/any-json.ts';
import { uuidPattern } from '../http/ids.ts';
import { pageOf, type Page } from '../http/page.ts';
import { notFound } from '../http/problem.ts';
import { Documents, type Ingestion } from './documents.ts';
import { formFile } from './form-file.ts';

const ingestionView = z.object({
  documentId: z.string(),
  executionId: z.string().nullable(),
  uri: z.string(),
  name: z.string(),
  mediaType: z.string(),
  size: z.number(),
  sha256: z.string(),
  duplicateOf: z.string().nullable(),
});

const documentView = z.looseObject({ id: z.string(), name: z.string(), status: z.string(), error: anyJson.optional() });
type DocumentView = z.infer<typeof documentView>;

const listQuery = z.object({
  status: z.string().max(50).optional(),
  q: z.string().max(200).optional(),
  limit: z.coerce.number().int().min(1).max(500).default(50),
  cursor: z.string().max(1000).optional(),
});
type ListQuery = z.infer<typeof listQuery>;

const searchBody = z.strictObject({
  query: z.string().trim().min(1).max(4_000),
  mode: z.enum(['vector', 'text', 'hybrid']).optional(),
  limit: z.number().int().min(1).max(100).optional(),
  scoreThreshold: z.number().min(0).max(1).optional(),
  neighbours: z.number().int().min(0).max(10).optional(),
  documents: z.array(z.uuid()).max(1_000).optional(),
});
type SearchBody = z.infer<typeof searchBody>;
const hitView = z.looseObject({
  chunkId: z.string(),
  document: z.looseObject({ id: z.string(), name: z.string() }),
  page: z.number(),
  score: z.number(),
  text: z.string(),
});
type HitView = z.infer<typeof hitView>;

@ApiTags('documents')
@Controller('v1')
export class DocumentsController {
  private readonly documents: Documents;

  constructor(documents: Documents) {
    this.documents = documents;
  }

  @Post('documents')
  @RouteConfig({ takesFile: true })
  @HttpCode(201)
  @ApiOperation({ summary: 'Upload a file (streamed) and start its ingestion' })
  @ApiConsumes('multipart/form-data')
  @ApiBody({ schema: { type: 'object', required: ['file'], properties: { file: { type: 'string', format: 'binary' } } } })
  @ApiResponse({ status: 201, standardSchema: ingestionView })
  async upload(@Req() request: FastifyRequest): Promise<Ingestion> {
    return this.documents.ingest(await formFile(request), request.actor);
  }

  @Get('documents')
  @ApiOperation({ summary: 'All documents, newest first' })
  @ApiResponse({ status: 200, standardSchema: pageOf(documentView) })
  list(@Query({ schema: listQuery }) query: ListQuery): Promise<Page<DocumentView>> {
    return this.documents.ask('list-documents', query as { [key: string]: Json });
  }

  @Get('documents/:id')
  @ApiOperation({ summary: 'One document' })
  @ApiResponse({ status: 200, standardSchema: documentView })
  get(@Param('id') id: string): Promise<DocumentView> {
    return this.documents.ask('get-document', { documentId: documentIdOf(id) });
  }

  @Delete('documents/:id')
  @HttpCode(204)
  @ApiOperation({ summary: 'Remove a document with its chunks and its file' })
  async remove(@Param('id') id: string): Promise<void> {
    await this.documents.ask('delete-document', { documentId: documentIdOf(id) });
  }

  @Post('search')
  @HttpCode(200)
  @ApiOperation({ summary: 'Passages that fit a question, best first' })
  @ApiResponse({ status: 200, standardSchema: pageOf(hitView) })
  async search(@Body({ schema: searchBody }) body: SearchBody): Promise<Page<HitView>> {
    const { hits } = await this.documents.ask<{ hits: HitView[] }>('search', body as { [key: string]: Json });
    return { items: hits, next: null };
  }
}

function documentIdOf(id: string): string {
  if (uuidPattern.test(id)) return id.toLowerCase();
  throw notFound(`document ${id.slice(0, 100)}`);
}
