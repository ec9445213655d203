import { z } from 'zod';
import { Problem } from './problem.ts';

/** A list in the API: `next` is the cursor of the following page, null at the end. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | null;
}

export const pageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(500).default(50).describe('How many at most.'),
  cursor: z.string().max(1000).optional().describe('`next` of the page before.'),
});

export type PageQuery = z.infer<typeof pageQuery>;

export const pageOf = <Item extends z.ZodType>(item: Item) =>
  z.object({ items: z.array(item), next: z.string().nullable().describe('Cursor of the following page.') });

/** `found` holds one item more than asked for when there is a following page. */
export function toPage<T>(found: readonly T[], limit: number, position: (item: T) => string): Page<T> {
  const items = found.slice(0, limit);
  const last = items.at(-1);
  return { items, next: found.length > limit && last !== undefined ? writeCursor(position(last)) : null };
}

export function writeCursor(position: string): string {
  return Buffer.from(position).toString('base64url');
}

/** Errors: 422 INVALID_CURSOR when it does not have the form that `pattern` says. */
export function readCursor(cursor: string | undefined, pattern: RegExp): string | undefined {
  if (cursor === undefined) return undefined;
  const position = Buffer.from(cursor, 'base64url').toString();
  if (pattern.test(position)) return position;
  throw new Problem(422, 'INVALID_CURSOR', 'this cursor is not one that this list gave out', {
    errors: [{ pointer: '?cursor', code: 'INVALID_CURSOR', message: 'not a cursor of this list' }],
  });
}
