import { limits, type Json } from '@jetsaga/contracts';
import { LineStarts, Positions } from './positions.ts';
import type { DefinitionProblem } from './problem.ts';
import { readJson, type ReadSource } from './read-json.ts';
import { readYaml, YamlErrors } from './read-yaml.ts';
import { SourceError, type SourceFault, type SourceRemark } from './source-error.ts';

export type SourceFormat = 'yaml' | 'json';

/** A source as it was read, or why it could not be. `remarks` are problems that leave the rest of it worth checking. */
export type ParsedDefinition =
  | {
      readonly readable: true;
      readonly document: Json;
      readonly format: SourceFormat;
      readonly positions: Positions;
      readonly remarks: readonly DefinitionProblem[];
    }
  | { readonly readable: false; readonly format: SourceFormat; readonly problems: readonly DefinitionProblem[] };

/**
 * Reads YAML 1.2 or JSON. Without a format, a text that begins with `{` and is JSON is taken for JSON, and everything
 * else for YAML. Never throws.
 */
export function parseDefinition(source: string, format?: SourceFormat): ParsedDefinition {
  const tooLarge = new TextEncoder().encode(source).length > limits.definitionBytes;
  if (tooLarge) return unreadable(format ?? 'yaml', source, [tooLargeFault]);
  if (hasTooManyBrackets(source)) return unreadable(format ?? 'yaml', source, [tooManyBracketsFault]);
  if (format !== undefined) return parseAs(format, source);
  if (!source.trimStart().startsWith('{')) return parseAs('yaml', source);
  const json = parseAs('json', source);
  if (json.readable) return json;
  const yaml = parseAs('yaml', source);
  return yaml.readable ? yaml : json;
}

const tooLargeFault: SourceFault = {
  code: 'TOO_LARGE',
  message: `a definition is at most ${limits.definitionBytes} bytes long`,
  offset: 0,
};

/** Reading YAML takes some microseconds a bracket: a text of nothing else would keep the process busy for seconds. */
const mostBrackets = 100_000;

const tooManyBracketsFault: SourceFault = {
  code: 'TOO_LARGE',
  message: `a definition has at most ${mostBrackets} brackets and braces`,
  offset: 0,
};

function hasTooManyBrackets(source: string): boolean {
  let left = mostBrackets;
  for (const _ of source.matchAll(/[[\]{}]/g)) {
    left -= 1;
    if (left < 0) return true;
  }
  return false;
}

function parseAs(format: SourceFormat, source: string): ParsedDefinition {
  if (source.trim() === '') {
    return unreadable(format, source, [{ code: 'INVALID_SYNTAX', message: 'the definition is empty', offset: 0 }]);
  }
  let read: ReadSource;
  try {
    read = format === 'json' ? readJson(source) : readYaml(source);
  } catch (error) {
    if (error instanceof SourceError) return unreadable(format, source, [error.fault]);
    if (error instanceof YamlErrors) return unreadable(format, source, error.faults);
    throw error;
  }
  const lineStarts = new LineStarts(source);
  return {
    readable: true,
    document: read.value,
    format,
    positions: new Positions(read.node, lineStarts),
    remarks: read.remarks.map((remark) => problemOf(remark, remark.pointer, lineStarts)),
  };
}

function unreadable(format: SourceFormat, source: string, faults: readonly SourceFault[]): ParsedDefinition {
  const lineStarts = new LineStarts(source);
  return { readable: false, format, problems: faults.map((fault) => problemOf(fault, fault.pointer ?? '', lineStarts)) };
}

function problemOf(
  { code, message, offset, hint }: SourceFault | SourceRemark,
  pointer: string,
  lineStarts: LineStarts,
): DefinitionProblem {
  return { code, message, pointer, ...lineStarts.position(offset), ...(hint === undefined ? {} : { hint }) };
}
