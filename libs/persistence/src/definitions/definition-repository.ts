import type { Actor, DefinitionHead, Json, StoredDefinition } from '@jetsaga/contracts';
import { isDeepStrictEqual } from 'node:util';
import type { Pool, PoolClient } from 'pg';
import type { PayloadCodec } from '../payload-codec.ts';
import { inTransaction } from '../queries/in-transaction.ts';
import { definitionColumns, toStoredDefinition, type DefinitionRow } from '../rows/definition-row.ts';

/** The key belongs to a definition with another name. */
export class DefinitionKeyTaken extends Error {
  override readonly name = 'DefinitionKeyTaken';
  readonly key: string;
  readonly holder: string;

  constructor(key: string, holder: string) {
    super(`the key ${key} belongs to the definition "${holder}"; give this one a key of its own`);
    this.key = key;
    this.holder = holder;
  }
}

export type DefinitionToApply = Pick<
  StoredDefinition,
  'key' | 'name' | 'source' | 'format' | 'document' | 'hash' | 'handlers'
> & { readonly by: Actor };

export interface DefinitionSummary extends DefinitionHead {
  readonly description: string | null;
  readonly labels: Readonly<Record<string, string>>;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  readonly changedAt: number;
}

export interface VersionSummary {
  readonly version: number;
  readonly hash: string;
  readonly createdAt: number;
  readonly createdBy: Actor;
}

export interface AppliedDefinition {
  readonly version: number;
  /** The definition is new, not just this version of it. */
  readonly created: boolean;
  readonly unchanged: boolean;
}

const headColumns = 'key, name, current_version, disabled, description, labels, created_at, changed_at';

interface HeadRow {
  key: string;
  name: string;
  current_version: number;
  disabled: boolean;
  description: string | null;
  labels: Record<string, string>;
  created_at: Date;
  changed_at: Date;
}

/** Definitions and their immutable versions. */
export class DefinitionRepository {
  private readonly pool: Pool;
  private readonly payloads: PayloadCodec;

  constructor(pool: Pool, payloads: PayloadCodec) {
    this.pool = pool;
    this.payloads = payloads;
  }

  /**
   * Makes it the current version, in one transaction that holds the definition's row: of two that apply at the same time, one
   * waits. Nothing changes when the document and what its handlers declare are those of the current version.
   * Rejects with DefinitionKeyTaken.
   */
  async apply(definition: DefinitionToApply): Promise<AppliedDefinition> {
    return inTransaction(this.pool, async (client) => {
      const inserted = await client.query(
        'INSERT INTO saga.definitions (key, name, current_version) VALUES ($1, $2, 0) ON CONFLICT (key) DO NOTHING',
        [definition.key, definition.name],
      );
      const head = await client.query<{ name: string; current_version: number }>(
        'SELECT name, current_version FROM saga.definitions WHERE key = $1 FOR UPDATE',
        [definition.key],
      );
      const { name, current_version: current } = head.rows[0]!;
      if (name !== definition.name) throw new DefinitionKeyTaken(definition.key, name);
      return { ...(await this.nextVersion(client, definition, current)), created: inserted.rowCount === 1 };
    });
  }

  private async nextVersion(client: PoolClient, definition: DefinitionToApply, current: number) {
    const known = await client.query<{ hash: string; handlers: unknown; latest: number }>(
      `SELECT hash, handlers, (SELECT max(version) FROM saga.definition_versions WHERE key = $1) AS latest
         FROM saga.definition_versions WHERE key = $1 AND version = $2`,
      [definition.key, current],
    );
    const before = known.rows[0];
    const handlers = JSON.parse(JSON.stringify(definition.handlers)) as unknown;
    if (before?.hash === definition.hash && isDeepStrictEqual(before.handlers, handlers)) {
      return { version: current, unchanged: true };
    }
    const version = (before?.latest ?? 0) + 1;
    const document = definition.document as { [key: string]: Json };
    await client.query(
      `INSERT INTO saga.definition_versions (key, version, source, format, document, hash, handlers, has_triggers, created_by)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
      [
        definition.key,
        version,
        definition.source,
        definition.format,
        this.payloads.encode(definition.document),
        definition.hash,
        JSON.stringify(definition.handlers),
        Array.isArray(document['triggers']) && document['triggers'].length > 0,
        definition.by,
      ],
    );
    await client.query(
      `UPDATE saga.definitions SET current_version = $2, labels = $3, description = $4, changed_at = clock_timestamp() WHERE key = $1`,
      [definition.key, version, JSON.stringify(document['labels'] ?? {}), document['description'] ?? null],
    );
    return { version, unchanged: false };
  }

  /** By key, those after `after`. */
  async heads(after: string, limit: number): Promise<DefinitionSummary[]> {
    const { rows } = await this.pool.query<HeadRow>(
      `SELECT ${headColumns} FROM saga.definitions WHERE key > $1 AND current_version > 0 ORDER BY key LIMIT $2`,
      [after, limit],
    );
    return rows.map(summary);
  }

  async head(key: string): Promise<DefinitionSummary | undefined> {
    const { rows } = await this.pool.query<HeadRow>(`SELECT ${headColumns} FROM saga.definitions WHERE key = $1`, [key]);
    return rows[0] && summary(rows[0]);
  }

  /** Newest first, those below `before`. */
  async versions(key: string, before: number, limit: number): Promise<VersionSummary[]> {
    const { rows } = await this.pool.query<{ version: number; hash: string; created_at: Date; created_by: string }>(
      `SELECT version, hash, created_at, created_by FROM saga.definition_versions
        WHERE key = $1 AND version < $2 ORDER BY version DESC LIMIT $3`,
      [key, before, limit],
    );
    return rows.map((row) => ({
      version: row.version,
      hash: row.hash,
      createdAt: row.created_at.getTime(),
      createdBy: row.created_by,
    }));
  }

  async version(key: string, version: number): Promise<StoredDefinition | undefined> {
    const { rows } = await this.pool.query<DefinitionRow>(
      `SELECT ${definitionColumns} FROM saga.definition_versions v JOIN saga.definitions d ON d.key = v.key
        WHERE v.key = $1 AND v.version = $2`,
      [key, version],
    );
    return rows[0] && toStoredDefinition(rows[0], this.payloads);
  }

  /** Makes an earlier (or later) version current again. False: there is no such version. */
  async activate(key: string, version: number): Promise<boolean> {
    const { rowCount } = await this.pool.query(
      `UPDATE saga.definitions d SET current_version = $2, changed_at = clock_timestamp()
        WHERE key = $1 AND EXISTS (SELECT FROM saga.definition_versions v WHERE v.key = d.key AND v.version = $2)`,
      [key, version],
    );
    return rowCount === 1;
  }

  /** A disabled definition starts nothing. False: there is no such definition. */
  async setDisabled(key: string, disabled: boolean): Promise<boolean> {
    const { rowCount } = await this.pool.query(
      'UPDATE saga.definitions SET disabled = $2, changed_at = clock_timestamp() WHERE key = $1',
      [key, disabled],
    );
    return rowCount === 1;
  }
}

function summary(row: HeadRow): DefinitionSummary {
  return {
    key: row.key,
    name: row.name,
    currentVersion: row.current_version,
    disabled: row.disabled,
    description: row.description,
    labels: row.labels,
    createdAt: row.created_at.getTime(),
    changedAt: row.changed_at.getTime(),
  };
}
