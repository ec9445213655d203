import { Body, Controller, Get, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiBody, ApiConsumes, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { mediaType } from '../http/body-parsers.ts';
import { definitionKeyOf, versionOf } from '../http/ids.ts';
import { pageOf, pageQuery, type Page } from '../http/page.ts';
import {
  applyQuery,
  definitionView,
  headView,
  receiptView,
  versionView,
  type ApplyQuery,
  type DefinitionView,
  type HeadView,
  type PageQuery,
  type ReceiptView,
  type VersionView,
} from './definition-views.ts';
import { Definitions } from './definitions.ts';
import { diffQuery, diffView, type DiffQuery, type DiffView } from './diff-views.ts';

@ApiTags('definitions')
@Controller('v1/definitions')
export class DefinitionsController {
  private readonly definitions: Definitions;

  constructor(definitions: Definitions) {
    this.definitions = definitions;
  }

  @Post()
  @RouteConfig({ takesText: true })
  @ApiOperation({ summary: 'Check and apply a definition in YAML or JSON' })
  @ApiConsumes('application/yaml', 'application/json')
  @ApiBody({ schema: { type: 'object' } })
  @ApiResponse({ status: 201, description: 'A new version.', standardSchema: receiptView })
  @ApiResponse({ status: 200, description: 'Unchanged, or a dry run.', standardSchema: receiptView })
  async apply(
    @Body() source: string | undefined,
    @Query({ schema: applyQuery }) query: ApplyQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ReceiptView> {
    const given = { source: source ?? '', format: formatOf(request), allowUnknown: query.allowUnknown, by: request.actor };
    if (query.dryRun) {
      reply.status(200);
      return this.definitions.check(given);
    }
    const { unchanged, ...receipt } = await this.definitions.apply(given);
    reply.status(unchanged ? 200 : 201);
    return receipt;
  }

  @Get()
  @ApiOperation({ summary: 'All definitions' })
  @ApiResponse({ status: 200, standardSchema: pageOf(headView) })
  list(@Query({ schema: pageQuery }) query: PageQuery): Promise<Page<HeadView>> {
    return this.definitions.list(query);
  }

  @Get(':key')
  @ApiOperation({ summary: 'A definition, with its current version' })
  @ApiResponse({ status: 200, standardSchema: definitionView })
  get(@Param('key') key: string): Promise<DefinitionView> {
    return this.definitions.get(definitionKeyOf(key));
  }

  @Get(':key/versions')
  @ApiOperation({ summary: 'Its versions, newest first' })
  @ApiResponse({ status: 200, standardSchema: pageOf(versionView) })
  versions(@Param('key') key: string, @Query({ schema: pageQuery }) query: PageQuery): Promise<Page<VersionView>> {
    return this.definitions.versions(definitionKeyOf(key), query);
  }

  @Get(':key/versions/:version')
  @ApiOperation({ summary: 'One version, with its source' })
  @ApiResponse({ status: 200, standardSchema: definitionView })
  version(@Param('key') key: string, @Param('version') version: string): Promise<DefinitionView> {
    return this.definitions.get(definitionKeyOf(key), versionOf(version));
  }

  @Get(':key/diff')
  @ApiOperation({ summary: 'What is different between two versions, node by node' })
  @ApiResponse({ status: 200, standardSchema: diffView })
  diff(@Param('key') key: string, @Query({ schema: diffQuery }) query: DiffQuery): Promise<DiffView> {
    return this.definitions.diff(definitionKeyOf(key), query);
  }

  @Post(':key/versions/:version/activate')
  @HttpCode(200)
  @ApiOperation({ summary: 'Make a version current again' })
  @ApiResponse({ status: 200, standardSchema: definitionView })
  activate(@Param('key') key: string, @Param('version') version: string): Promise<DefinitionView> {
    return this.definitions.activate(definitionKeyOf(key), versionOf(version));
  }

  @Post(':key/disable')
  @HttpCode(200)
  @ApiOperation({ summary: 'Start nothing of it any more' })
  @ApiResponse({ status: 200, standardSchema: definitionView })
  disable(@Param('key') key: string): Promise<DefinitionView> {
    return this.definitions.setDisabled(definitionKeyOf(key), true);
  }

  @Post(':key/enable')
  @HttpCode(200)
  @ApiOperation({ summary: 'Start it again' })
  @ApiResponse({ status: 200, standardSchema: definitionView })
  enable(@Param('key') key: string): Promise<DefinitionView> {
    return this.definitions.setDisabled(definitionKeyOf(key), false);
  }
}

/** What the media type says; undefined where it says nothing, as curl's default does. */
function formatOf(request: FastifyRequest): 'yaml' | 'json' | undefined {
  const type = mediaType(request);
  if (/json$/.test(type)) return 'json';
  return /yaml$/.test(type) ? 'yaml' : undefined;
}
