import { limits, type Json, type JsonObject } from '@jetsaga/contracts';
import { jsonPointer } from './json-pointer.ts';
import type { SourceNode } from './positions.ts';
import { SourceError, type SourceFault, type SourceRemark } from './source-error.ts';
import { isAllowedName, readableNumber, readableText } from './source-values.ts';

export interface ReadSource {
  readonly value: Json;
  readonly node: SourceNode;
  readonly remarks: readonly SourceRemark[];
}

interface Read {
  readonly value: Json;
  readonly node: SourceNode;
}

const quote = 0x22;
const backslash = 0x5c;
const blank = /[ \t\r\n]*/y;
const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
/**
 * Reads JSON (RFC 8259) and keeps where everything stands. Throws SourceError at the first thing that is no JSON;
 * names given twice and values that JSON cannot keep are remarks.
 */
export function readJson(source: string): ReadSource {
  return new JsonReader(source).document();
}

class JsonReader {
  private readonly source: string;
  private readonly remarks: SourceRemark[] = [];
  private at = 0;

  constructor(source: string) {
    this.source = source;
  }

  document(): ReadSource {
    if (this.source.charCodeAt(0) === 0xfeff) this.at = 1;
    this.skipBlank();
    const { value, node } = this.value('', 0);
    this.skipBlank();
    if (this.at < this.source.length) this.fail(`unexpected ${this.here()} after the end of the document`);
    return { value, node, remarks: this.remarks };
  }

  private value(pointer: string, depth: number): Read {
    if (depth > limits.jsonDepth) {
      this.fail(`values are nested deeper than ${limits.jsonDepth}`, { code: 'TOO_LARGE' });
    }
    const offset = this.at;
    switch (this.source[this.at]) {
      case '{':
        return this.object(pointer, depth);
      case '[':
        return this.array(pointer, depth);
      case '"':
        return { value: this.text(pointer), node: { offset } };
      case 't':
        return this.word('true', true);
      case 'f':
        return this.word('false', false);
      case 'n':
        return this.word('null', null);
      default: {
        const found = this.take(number);
        if (found === undefined) this.fail(`unexpected ${this.here()} where a value should be`);
        const value = readableNumber(Number(found), found, (remark) => this.remarks.push({ ...remark, pointer, offset }));
        return { value, node: { offset } };
      }
    }
  }

  private object(pointer: string, depth: number): Read {
    const offset = this.at;
    const value: JsonObject = {};
    const fields = new Map<string, { keyOffset: number; value: SourceNode }>();
    this.at += 1;
    this.skipBlank();
    if (this.skip('}')) return { value, node: { offset, fields } };
    do {
      this.skipBlank();
      const keyOffset = this.at;
      if (this.source[this.at] !== '"') this.fail(`unexpected ${this.here()} where a field's name in quotes should be`);
      const name = this.text(pointer);
      const at = jsonPointer(pointer, name);
      this.skipBlank();
      if (!this.skip(':')) this.fail(`unexpected ${this.here()} where a colon should be`);
      this.skipBlank();
      const read = this.value(at, depth + 1);
      this.skipBlank();
      if (!isAllowedName(name)) {
        const message = `\`${name}\` cannot be the name of a field`;
        this.remarks.push({ code: 'INVALID_FIELD', message, pointer, offset: keyOffset });
      } else if (fields.has(name)) {
        this.remarks.push({ code: 'DUPLICATE_KEY', message: `\`${name}\` is given twice`, pointer: at, offset: keyOffset });
      } else {
        value[name] = read.value;
        fields.set(name, { keyOffset, value: read.node });
      }
    } while (this.skip(','));
    if (!this.skip('}')) this.fail(`unexpected ${this.here()} where a comma or \`}\` should be`);
    return { value, node: { offset, fields } };
  }

  private array(pointer: string, depth: number): Read {
    const offset = this.at;
    const value: Json[] = [];
    const items: SourceNode[] = [];
    this.at += 1;
    this.skipBlank();
    if (this.skip(']')) return { value, node: { offset, items } };
    do {
      this.skipBlank();
      const read = this.value(jsonPointer(pointer, items.length), depth + 1);
      value.push(read.value);
      items.push(read.node);
      this.skipBlank();
    } while (this.skip(','));
    if (!this.skip(']')) this.fail(`unexpected ${this.here()} where a comma or \`]\` should be`);
    return { value, node: { offset, items } };
  }

  private text(pointer: string): string {
    const offset = this.at;
    let end = offset + 1;
    for (let code = this.source.charCodeAt(end); code !== quote; code = this.source.charCodeAt(end)) {
      if (Number.isNaN(code)) this.fail('a text that begins here is not closed');
      if (code < 0x20) {
        this.at = end;
        this.fail('a text holds a bare control character', { hint: 'write a line break as \\n and a tab as \\t' });
      }
      end += code === backslash ? 2 : 1;
    }
    try {
      const value = JSON.parse(this.source.slice(offset, end + 1)) as string;
      this.at = end + 1;
      return readableText(value, (remark) => this.remarks.push({ ...remark, pointer, offset }));
    } catch {
      return this.fail('a text that begins here holds an escape that JSON does not know');
    }
  }

  private word(word: string, value: boolean | null): Read {
    const offset = this.at;
    if (!this.source.startsWith(word, this.at)) this.fail(`unexpected ${this.here()} where a value should be`);
    this.at += word.length;
    return { value, node: { offset } };
  }

  private take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.source)?.[0];
    if (found) this.at += found.length;
    return found;
  }

  private skipBlank(): void {
    this.take(blank);
  }

  private skip(character: string): boolean {
    if (this.source[this.at] !== character) return false;
    this.at += 1;
    return true;
  }

  private here(): string {
    const character = this.source.codePointAt(this.at);
    return character === undefined ? 'end' : `\`${String.fromCodePoint(character)}\``;
  }

  private fail(message: string, fault: Partial<SourceFault> = {}): never {
    throw new SourceError({ code: 'INVALID_SYNTAX', message, offset: this.at, ...fault });
  }
}
