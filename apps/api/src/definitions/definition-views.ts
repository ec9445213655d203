import type { StoredDefinition } from '@jetsaga/contracts';
import type { DefinitionSummary, VersionSummary } from '@jetsaga/persistence';
import { z } from 'zod';
import { anyJson } from '../http/any-json.ts';
import type { pageQuery } from '../http/page.ts';

const flag = z
  .enum(['true', 'false', '1', '0', ''])
  .default('false')
  .transform((text) => text === 'true' || text === '1' || text === '');

export const applyQuery = z.object({
  dryRun: flag.describe('Only check.'),
  allowUnknown: flag.describe('A handler that no worker ever announced is a warning.'),
});
export type ApplyQuery = z.infer<typeof applyQuery>;
export type PageQuery = z.infer<typeof pageQuery>;

const warningView = z.object({
  code: z.string(),
  message: z.string(),
  pointer: z.string(),
  line: z.number().optional(),
  column: z.number().optional(),
  hint: z.string().optional(),
});

export const receiptView = z.object({
  key: z.string(),
  version: z.number().int().nullable().describe('Null after a dry run of a new definition.'),
  warnings: z.array(warningView),
});
export type ReceiptView = z.infer<typeof receiptView>;

export const headView = z.object({
  key: z.string(),
  name: z.string(),
  version: z.number().int().describe('The current one.'),
  disabled: z.boolean(),
  description: z.string().optional(),
  labels: z.record(z.string(), z.string()),
  createdAt: z.iso.datetime(),
  changedAt: z.iso.datetime(),
});
export type HeadView = z.infer<typeof headView>;

export const versionView = z.object({
  version: z.number().int(),
  hash: z.string(),
  current: z.boolean(),
  createdAt: z.iso.datetime(),
  createdBy: z.string(),
});
export type VersionView = z.infer<typeof versionView>;

export const definitionView = headView.extend({
  currentVersion: z.number().int(),
  source: z.string().describe('As it was applied.'),
  format: z.enum(['yaml', 'json']),
  definition: anyJson.describe('The source, parsed.'),
  hash: z.string(),
  createdBy: z.string(),
});
export type DefinitionView = z.infer<typeof definitionView>;

export function viewHead(head: DefinitionSummary): HeadView {
  return {
    key: head.key,
    name: head.name,
    version: head.currentVersion,
    disabled: head.disabled,
    description: head.description ?? undefined,
    labels: { ...head.labels },
    createdAt: new Date(head.createdAt).toISOString(),
    changedAt: new Date(head.changedAt).toISOString(),
  };
}

export function viewVersion(version: VersionSummary, currentVersion: number): VersionView {
  return { ...version, current: version.version === currentVersion, createdAt: new Date(version.createdAt).toISOString() };
}

export function viewDefinition(head: DefinitionSummary, stored: StoredDefinition): DefinitionView {
  return {
    ...viewHead(head),
    version: stored.version,
    currentVersion: head.currentVersion,
    source: stored.source,
    format: stored.format,
    definition: stored.document,
    hash: stored.hash,
    createdAt: new Date(stored.createdAt).toISOString(),
    createdBy: stored.createdBy,
  };
}
