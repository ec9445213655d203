import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '@jetsaga/contracts';
import { DefinitionKeyTaken, DefinitionRepository, type DefinitionSummary, type PayloadCodec } from '@jetsaga/persistence';
import {
  checkDefinition,
  collectHandlerFacts,
  diffDefinitions,
  parseDefinition,
  type CheckedDefinition,
  type HandlerCatalog,
} from '@jetsaga/workflow';
import type { StartingEngine } from '@jetsaga/engine';
import type { Pool } from 'pg';
import { readCursor, toPage, type Page } from '../http/page.ts';
import { notFound, Problem, type ProblemDetail } from '../http/problem.ts';
import { ENGINE, PAYLOADS, POOL } from '../resources.ts';
import {
  viewDefinition,
  viewHead,
  viewVersion,
  type DefinitionView,
  type HeadView,
  type PageQuery,
  type ReceiptView,
  type VersionView,
} from './definition-views.ts';
import type { DiffQuery, DiffView } from './diff-views.ts';
import { HandlerCatalogSource } from './handler-catalog.ts';

export interface GivenDefinition {
  readonly source: string;
  /** Undefined: found out from the source. */
  readonly format: 'yaml' | 'json' | undefined;
  readonly allowUnknown: boolean;
  readonly by: Actor;
}

const newest = 2 ** 31 - 1;

/** Checks, applies and reads definitions. */
@Injectable()
export class Definitions {
  private readonly repository: DefinitionRepository;
  private readonly catalog: HandlerCatalogSource;
  private readonly engine: StartingEngine;

  constructor(
    @Inject(POOL) pool: Pool,
    @Inject(PAYLOADS) payloads: PayloadCodec,
    @Inject(ENGINE) engine: StartingEngine,
    catalog: HandlerCatalogSource,
  ) {
    this.repository = new DefinitionRepository(pool, payloads);
    this.engine = engine;
    this.catalog = catalog;
  }

  /** Errors: 422 INVALID_DEFINITION with every problem. */
  async check(given: GivenDefinition): Promise<ReceiptView> {
    const { definition, warnings } = checked(given, await this.catalog.read());
    const head = await this.repository.head(definition.key);
    if (head !== undefined && head.name !== definition.name) throw keyTaken(definition.key, head.name);
    return { key: definition.key, version: head?.currentVersion ?? null, warnings };
  }

  /** Errors: 422 INVALID_DEFINITION with every problem. */
  async apply(given: GivenDefinition): Promise<ReceiptView & { readonly version: number; readonly unchanged: boolean }> {
    const catalog = await this.catalog.read();
    const { definition, warnings } = checked(given, catalog);
    const handlers = collectHandlerFacts(definition, catalog);
    try {
      const applied = await this.repository.apply({ ...definition, source: given.source, handlers, by: given.by });
      await this.syncSchedules();
      return { key: definition.key, version: applied.version, warnings, unchanged: applied.unchanged };
    } catch (error) {
      if (error instanceof DefinitionKeyTaken) throw keyTaken(error.key, error.holder);
      throw error;
    }
  }

  async list({ cursor, limit }: PageQuery): Promise<Page<HeadView>> {
    const after = readCursor(cursor, /^[a-z0-9-]+$/) ?? '';
    const page = toPage(await this.repository.heads(after, limit + 1), limit, (head) => head.key);
    return { items: page.items.map(viewHead), next: page.next };
  }

  /** One version, the current one when none is named. Errors: 404. */
  async get(key: string, version?: number): Promise<DefinitionView> {
    const head = await this.head(key);
    const stored = await this.repository.version(key, version ?? head.currentVersion);
    if (stored === undefined) throw notFound(`version ${version} of the definition ${key}`);
    return viewDefinition(head, stored);
  }

  async versions(key: string, { cursor, limit }: PageQuery): Promise<Page<VersionView>> {
    const head = await this.head(key);
    const before = Number(readCursor(cursor, /^\d{1,9}$/) ?? newest);
    const found = await this.repository.versions(key, before, limit + 1);
    const { items, next } = toPage(found, limit, (version) => String(version.version));
    return { items: items.map((version) => viewVersion(version, head.currentVersion)), next };
  }

  /** What is different between two versions. Errors: 404. */
  async diff(key: string, query: DiffQuery): Promise<DiffView> {
    const to = query.to ?? (await this.head(key)).currentVersion;
    const from = query.from ?? Math.max(1, to - 1);
    const [before, after] = [await this.get(key, from), await this.get(key, to)];
    return { from, to, ...diffDefinitions(before.definition, after.definition) };
  }

  async activate(key: string, version: number): Promise<DefinitionView> {
    if (!(await this.repository.activate(key, version))) throw notFound(`version ${version} of the definition ${key}`);
    await this.syncSchedules();
    return this.get(key);
  }

  async setDisabled(key: string, disabled: boolean): Promise<DefinitionView> {
    if (!(await this.repository.setDisabled(key, disabled))) throw notFound(`definition ${key}`);
    await this.syncSchedules();
    return this.get(key);
  }

  /** So that they show at once. What fails here a coordinator makes up for within a second. */
  private async syncSchedules(): Promise<void> {
    await this.engine.schedules.sync().catch(() => undefined);
  }

  async isKnown(key: string): Promise<boolean> {
    return (await this.repository.head(key)) !== undefined;
  }

  private async head(key: string): Promise<DefinitionSummary> {
    const head = await this.repository.head(key);
    if (head === undefined) throw notFound(`definition ${key}`);
    return head;
  }
}

function checked(
  given: GivenDefinition,
  catalog: HandlerCatalog,
): { definition: CheckedDefinition; warnings: ReceiptView['warnings'] } {
  const check = checkDefinition(parseDefinition(given.source, given.format), catalog, { allowUnknown: given.allowUnknown });
  if (check.definition !== undefined) return { definition: check.definition, warnings: [...check.warnings] };
  throw invalid(check.problems);
}

function keyTaken(key: string, holder: string): Problem {
  return invalid([
    {
      pointer: '/key',
      code: 'INVALID_KEY',
      message: `the key ${key} belongs to the definition "${holder}"`,
      hint: 'give a `key` of its own',
    },
  ]);
}

function invalid(problems: readonly ProblemDetail[]): Problem {
  const count = problems.length === 1 ? 'one problem' : `${problems.length} problems`;
  return new Problem(422, 'INVALID_DEFINITION', `the definition has ${count}: ${problems[0]?.message ?? ''}`, {
    errors: problems,
  });
}
