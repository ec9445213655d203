import type { SourceRemark } from './source-error.ts';

/* What YAML and JSON can say, and a definition cannot hold. */

type Complain = (remark: Omit<SourceRemark, 'pointer' | 'offset'>) => void;

/** A number as it is kept. Complains about one that would silently become another. */
export function readableNumber(value: number, source: string, complain: Complain): number {
  if (!Number.isFinite(value)) {
    complain({ code: 'INVALID_FIELD', message: `${source} is not a number that JSON can hold` });
    return 0;
  }
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
    complain({
      code: 'INVALID_FIELD',
      message: `${source} is beyond 2^53 and would be rounded`,
      hint: 'put it in quotes, so that it stays as it is written',
    });
  }
  return value;
}

/** A text as it is kept. Complains about characters that no database stores. */
export function readableText(value: string, complain: Complain): string {
  if (value.includes('\u0000') || !value.isWellFormed()) {
    complain({ code: 'INVALID_FIELD', message: 'the text holds a NUL character or half of a surrogate pair' });
    return '';
  }
  return value;
}

/** Whether a field may have this name. */
export function isAllowedName(name: string): boolean {
  return name !== '__proto__';
}
