import type { DefinitionDiff } from '@jetsaga/workflow';
import { z } from 'zod';
import { anyJson } from '../http/any-json.ts';

const version = z.coerce.number().int().positive().max(2_147_483_647).optional();

export const diffQuery = z.object({
  from: version.describe('Absent: the version before `to`.'),
  to: version.describe('Absent: the current version.'),
});
export type DiffQuery = z.infer<typeof diffQuery>;

const fields = z.array(z.object({ field: z.string(), before: anyJson.optional(), after: anyJson.optional() }));
const nodes = z.array(z.object({ path: z.string(), node: anyJson }));

export const diffView = z.object({
  from: z.number().int(),
  to: z.number().int(),
  fields: fields.describe('Of the definition itself. `before` is absent for what was added, `after` for what was removed.'),
  nodes: z.object({ added: nodes, removed: nodes, changed: z.array(z.object({ path: z.string(), fields })) }),
});
export type DiffView = DefinitionDiff & { readonly from: number; readonly to: number };
