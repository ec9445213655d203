import { setImmediate as nextTurn } from 'node:timers/promises';
import type { DatasetLine, UnreadableLine } from './dataset-lines.ts';
import { readExample, type ExampleFormat } from './example-formats.ts';

export interface GatherOptions {
  readonly format: ExampleFormat;
  readonly dedupe: boolean;
  readonly minCharacters: number;
  readonly maxCharacters: number;
  readonly signal: AbortSignal;
}

export interface GatheredExamples {
  /** Each a line of JSON. */
  readonly examples: string[];
  readonly rejected: UnreadableLine[];
}

const linesPerTurn = 1_000;

/** Examples that fit, and why the others do not. */
export async function gatherExamples(
  lines: Iterable<DatasetLine | UnreadableLine>,
  options: GatherOptions,
): Promise<GatheredExamples> {
  const examples = new Map<string, number>();
  const repeated: string[] = [];
  const rejected: UnreadableLine[] = [];
  let read = 0;
  for (const each of lines) {
    read += 1;
    if (read % linesPerTurn === 0) {
      await nextTurn();
      options.signal.throwIfAborted();
    }
    if ('reason' in each) {
      rejected.push(each);
      continue;
    }
    const example = readExample(options.format, each.value);
    const reason = 'reason' in example ? example.reason : outsideBounds(example.characters, options);
    if (reason !== undefined || 'reason' in example) {
      rejected.push({ line: each.line, reason: reason ?? '' });
      continue;
    }
    const first = examples.get(example.json);
    if (first === undefined) examples.set(example.json, each.line);
    else if (options.dedupe) rejected.push({ line: each.line, reason: `is the same as line ${first}` });
    else repeated.push(example.json);
  }
  return { examples: [...examples.keys(), ...repeated], rejected };
}

function outsideBounds(characters: number, { minCharacters, maxCharacters }: GatherOptions): string | undefined {
  if (characters < minCharacters) return `has ${characters} characters, fewer than minCharacters (${minCharacters})`;
  if (characters > maxCharacters) return `has ${characters} characters, more than maxCharacters (${maxCharacters})`;
  return undefined;
}
