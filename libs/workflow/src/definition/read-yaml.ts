import { limits, type Json, type JsonObject } from '@jetsaga/contracts';
import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  parseDocument,
  type Alias,
  type Document,
  type Scalar,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import { jsonPointer } from './json-pointer.ts';
import type { SourceNode } from './positions.ts';
import type { ReadSource } from './read-json.ts';
import { SourceError, type SourceRemark } from './source-error.ts';
import { isAllowedName, readableNumber, readableText } from './source-values.ts';
import { yamlPointerAt } from './yaml-pointer.ts';
import { swallowedTemplate, swallowedTemplateHint } from './swallowed-template.ts';

/** Values in a document once its aliases are written out: what keeps a small text from becoming a huge one. */
const mostValues = 250_000;

/** A value, how many values it holds once aliases are written out, and how deep it is. */
interface Read {
  readonly value: Json;
  readonly node: SourceNode;
  readonly size: number;
  readonly height: number;
}

/**
 * Reads one document of YAML 1.2 (core schema: `on` and `yes` are texts) and keeps where everything stands. Throws
 * SourceErrors, all of them at once, when it is no YAML; what is YAML and yet cannot be kept is a remark.
 */
export function readYaml(source: string): ReadSource {
  let document: Document.Parsed;
  try {
    document = parseDocument(source, {
      version: '1.2',
      schema: 'core',
      resolveKnownTags: false,
      prettyErrors: false,
      uniqueKeys: false,
      logLevel: 'error',
    });
  } catch (error) {
    throw new SourceError({ code: 'INVALID_SYNTAX', message: error instanceof Error ? error.message : String(error), offset: 0 });
  }
  const faults = [...document.errors, ...document.warnings];
  if (faults.length > 0) throw new YamlErrors(source, document, faults);
  return new YamlReader(source).document(document);
}

/** What the YAML parser found. The first few only: one mistake makes many. */
export class YamlErrors extends Error {
  override readonly name = 'YamlErrors';
  readonly faults: readonly SourceError['fault'][];

  constructor(source: string, document: Document.Parsed, errors: Document.Parsed['errors']) {
    super(errors[0]?.message);
    this.faults = errors.slice(0, 5).map(({ code, message, pos }) => {
      if (code === 'RESOURCE_EXHAUSTION') {
        return { code: 'TOO_LARGE', message: `values are nested deeper than ${limits.jsonDepth}`, offset: pos[0] };
      }
      const swallowed = swallowedTemplate(source, pos[0]);
      if (swallowed !== undefined) {
        return {
          code: 'UNQUOTED_TEMPLATE',
          message: 'YAML reads `{{` as the beginning of a map',
          offset: swallowed,
          pointer: yamlPointerAt(document, swallowed),
          hint: swallowedTemplateHint,
        };
      }
      return { code: 'INVALID_SYNTAX', message, offset: pos[0] };
    });
  }
}

class YamlReader {
  private readonly source: string;
  private readonly remarks: SourceRemark[] = [];
  /** Anchors so far; `open` while the value they name is still being read. */
  private readonly anchors = new Map<string, Read | 'open'>();

  constructor(source: string) {
    this.source = source;
  }

  document(document: Document.Parsed): ReadSource {
    const { value, node } = this.value(document.contents, document.range[0], '', 0);
    return { value, node, remarks: this.remarks };
  }

  private value(node: unknown, fallbackOffset: number, pointer: string, depth: number): Read {
    if (depth > limits.jsonDepth) this.tooDeep(fallbackOffset);
    if (isAlias(node)) return this.alias(node, depth);
    if (!isMap(node) && !isSeq(node) && !isScalar(node)) return leaf(null, fallbackOffset);
    const offset = node.range?.[0] ?? fallbackOffset;
    if (node.anchor !== undefined) this.anchors.set(node.anchor, 'open');
    const read = isMap(node)
      ? this.map(node, offset, pointer, depth)
      : isSeq(node)
        ? this.sequence(node, offset, pointer, depth)
        : leaf(this.scalar(node, offset, pointer), offset);
    if (node.anchor !== undefined) this.anchors.set(node.anchor, read);
    if (read.size > mostValues) {
      throw new SourceError({
        code: 'TOO_LARGE',
        message: `more than ${mostValues} values, aliases written out`,
        offset,
      });
    }
    return read;
  }

  private alias(node: Alias, depth: number): Read {
    const offset = node.range?.[0] ?? 0;
    const read = this.anchors.get(node.source);
    if (read === undefined) {
      throw new SourceError({
        code: 'INVALID_SYNTAX',
        message: `there is no anchor \`&${node.source}\` before this alias`,
        offset,
      });
    }
    if (read === 'open') {
      throw new SourceError({ code: 'INVALID_SYNTAX', message: `\`*${node.source}\` stands inside of what it names`, offset });
    }
    if (depth + read.height > limits.jsonDepth) this.tooDeep(offset);
    return read;
  }

  private map(node: YAMLMap, offset: number, pointer: string, depth: number): Read {
    const value: JsonObject = {};
    const fields = new Map<string, { keyOffset: number; value: SourceNode }>();
    let size = 1;
    let height = 0;
    if (node.flow && node.items.some(({ key }) => isMap(key))) {
      const text = this.source.slice(offset, node.range?.[1]);
      const message = `YAML reads ${shortened(text)} as a map`;
      this.remarks.push({ code: 'UNQUOTED_TEMPLATE', message, pointer, offset, hint: swallowedTemplateHint });
      return leaf(text, offset);
    }
    for (const pair of node.items) {
      const keyOffset = (isScalar(pair.key) || isAlias(pair.key) ? pair.key.range?.[0] : undefined) ?? offset;
      const name = this.name(pair.key, keyOffset, pointer);
      if (name === undefined) continue;
      const at = jsonPointer(pointer, name);
      const read = this.value(pair.value, keyOffset, at, depth + 1);
      size += read.size;
      height = Math.max(height, read.height + 1);
      if (fields.has(name)) {
        this.remarks.push({ code: 'DUPLICATE_KEY', message: `\`${name}\` is given twice`, pointer: at, offset: keyOffset });
      } else {
        value[name] = read.value;
        fields.set(name, { keyOffset, value: read.node });
      }
    }
    return { value, node: { offset, fields }, size, height };
  }

  private name(key: unknown, offset: number, pointer: string): string | undefined {
    const named = isAlias(key) ? this.alias(key, 0).value : isScalar(key) ? this.scalar(key, offset, pointer) : undefined;
    if (named === undefined || (typeof named === 'object' && named !== null)) {
      this.remarks.push({ code: 'INVALID_FIELD', message: 'a field has a list or a map for a name', pointer, offset });
      return undefined;
    }
    const name = String(named);
    if (isAllowedName(name)) return name;
    this.remarks.push({ code: 'INVALID_FIELD', message: `\`${name}\` cannot be the name of a field`, pointer, offset });
    return undefined;
  }

  private sequence(node: YAMLSeq, offset: number, pointer: string, depth: number): Read {
    const reads = node.items.map((item, index) => this.value(item, offset, jsonPointer(pointer, index), depth + 1));
    return {
      value: reads.map((read) => read.value),
      node: { offset, items: reads.map((read) => read.node) },
      size: reads.reduce((sum, read) => sum + read.size, 1),
      height: reads.reduce((height, read) => Math.max(height, read.height + 1), 0),
    };
  }

  private scalar(node: Scalar, offset: number, pointer: string): Json {
    const complain = (remark: Omit<SourceRemark, 'pointer' | 'offset'>) => this.remarks.push({ ...remark, pointer, offset });
    const { value } = node;
    if (value === null || typeof value === 'boolean') return value;
    if (typeof value === 'string') return readableText(value, complain);
    if (typeof value === 'number') return readableNumber(value, node.source ?? String(value), complain);
    complain({ code: 'INVALID_FIELD', message: 'a value that JSON does not have' });
    return null;
  }

  private tooDeep(offset: number): never {
    throw new SourceError({ code: 'TOO_LARGE', message: `values are nested deeper than ${limits.jsonDepth}`, offset });
  }
}

function leaf(value: Json, offset: number): Read {
  return { value, node: { offset }, size: 1, height: 0 };
}

function shortened(text: string): string {
  const line = text.replace(/\s+/g, ' ');
  return `\`${line.length > 60 ? `${line.slice(0, 57)}…` : line}\``;
}
