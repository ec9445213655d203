import type { CommandRecord, SignalRecord, WaitingChanges, WaitKey, WaitRecord } from '@jetsaga/contracts';
import type { QueryConfig } from 'pg';
import type { PayloadCodec } from '../payload-codec.ts';
import { withoutNul } from './without-nul.ts';

/** What a commit writes about waiting, one statement a list that is not empty. */
export function waitingStatements(changes: WaitingChanges, codec: PayloadCodec): QueryConfig[] {
  const statements: QueryConfig[] = [];
  if (changes.signalsKept.length > 0) statements.push(keepSignals(changes.signalsKept, codec));
  if (changes.signalsGone.length > 0) statements.push(dropSignals(changes.signalsGone));
  if (changes.waitsOver.length > 0) statements.push(endWaits(changes.waitsOver));
  if (changes.waitsBegun.length > 0) statements.push(beginWaits(changes.waitsBegun));
  if (changes.commandsDropped.length > 0) statements.push(dropCommands(changes.commandsDropped));
  if (changes.interestsOver.length > 0) statements.push(endInterests(changes.interestsOver));
  if (changes.interestsBegun.length > 0) statements.push(beginInterests(changes.interestsBegun));
  if (changes.signalsSent.length > 0) statements.push(giveCommands(changes.signalsSent, codec));
  return statements;
}

function keepSignals(rows: readonly SignalRecord[], codec: PayloadCodec): QueryConfig {
  return {
    name: 'keep-signals',
    text: `INSERT INTO saga.signals (id, execution_id, name, payload, received_at)
      SELECT id, execution_id, name, payload, to_timestamp(received / 1000.0)
      FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::float8[]) AS r (id, execution_id, name, payload, received)`,
    values: [
      rows.map((row) => row.id),
      rows.map((row) => row.executionId),
      rows.map((row) => withoutNul(row.name)),
      rows.map((row) => codec.encode(row.payload)),
      rows.map((row) => row.receivedAt),
    ],
  };
}

function dropSignals(ids: readonly string[]): QueryConfig {
  return { name: 'drop-signals', text: 'DELETE FROM saga.signals WHERE id = ANY ($1::uuid[])', values: [ids] };
}

function beginWaits(rows: readonly WaitRecord[]): QueryConfig {
  const keys = rows.map((row) => (row.kind === 'event' ? row.key : null));
  return {
    name: 'begin-waits',
    text: `INSERT INTO saga.waits (execution_id, scope, node, kind, name, since, interest, paths, hash)
      SELECT execution_id, scope, node, kind, name, to_timestamp(since / 1000.0), interest, paths, hash
      FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::float8[], $7::text[], $8::text[], $9::text[])
        AS r (execution_id, scope, node, kind, name, since, interest, paths, hash)
      ON CONFLICT (execution_id, scope, node) DO UPDATE
        SET kind = excluded.kind, name = excluded.name, since = excluded.since, heartbeat_at = NULL, note = NULL,
          interest = excluded.interest, paths = excluded.paths, hash = excluded.hash, caught_up = false`,
    values: [
      ...keyArrays(rows),
      rows.map((row) => row.kind),
      rows.map((row) => withoutNul(row.name)),
      rows.map((row) => row.since),
      keys.map((key) => key?.pattern ?? null),
      keys.map((key) => (key ? withoutNul(key.paths) : null)),
      keys.map((key) => key?.hash ?? null),
    ],
  };
}

function beginInterests(rows: WaitingChanges['interestsBegun']): QueryConfig {
  return {
    name: 'begin-interests',
    text: `INSERT INTO saga.event_interests (pattern, paths, execution_id)
      SELECT pattern, paths, execution_id FROM unnest($1::text[], $2::text[], $3::uuid[]) AS r (pattern, paths, execution_id)
      ON CONFLICT (pattern, paths, execution_id) DO NOTHING`,
    values: [
      rows.map((row) => row.interest.pattern),
      rows.map((row) => withoutNul(row.interest.paths)),
      rows.map((row) => row.executionId),
    ],
  };
}

function endInterests(executionIds: readonly string[]): QueryConfig {
  return {
    name: 'end-interests',
    text: 'DELETE FROM saga.event_interests WHERE execution_id = ANY ($1::uuid[])',
    values: [executionIds],
  };
}

function dropCommands(ids: readonly string[]): QueryConfig {
  return { name: 'drop-commands', text: 'DELETE FROM saga.commands WHERE id = ANY ($1::uuid[])', values: [ids] };
}

/** Once by id. One whose execution is gone by now is for nobody. */
export function giveCommands(rows: readonly CommandRecord[], codec: PayloadCodec): QueryConfig {
  return {
    name: 'give-commands',
    text: `INSERT INTO saga.commands (id, execution_id, body, given_by, given_at)
      SELECT r.id, r.execution_id, r.body, r.given_by, to_timestamp(r.given / 1000.0)
      FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::float8[]) AS r (id, execution_id, body, given_by, given)
      JOIN saga.executions e ON e.id = r.execution_id ON CONFLICT (id) DO NOTHING`,
    values: [
      rows.map((row) => row.id),
      rows.map((row) => row.executionId),
      rows.map((row) => codec.encode(row.body)),
      rows.map((row) => row.by),
      rows.map((row) => row.at),
    ],
  };
}

function endWaits(rows: readonly WaitKey[]): QueryConfig {
  return {
    name: 'end-waits',
    text: `DELETE FROM saga.waits w USING unnest($1::uuid[], $2::text[], $3::text[]) AS r (execution_id, scope, node)
      WHERE w.execution_id = r.execution_id AND w.scope = r.scope AND w.node = r.node`,
    values: keyArrays(rows),
  };
}

function keyArrays(rows: readonly WaitKey[]): string[][] {
  return [rows.map((row) => row.executionId), rows.map((row) => row.scope), rows.map((row) => row.node)];
}
