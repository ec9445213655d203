import { claimCheckSchema, isClaimCheck, limits, type ClaimCheck, type Json } from '@jetsaga/contracts';
import { BlobClaimChecks, type BlobStore } from '@jetsaga/storage';
import { defineHandler, TerminalError } from '@jetsaga/worker';
import { z } from 'zod';
import { datasetLines, type DatasetLine, type UnreadableLine } from '../dataset/dataset-lines.ts';
import { exampleFormats } from '../dataset/example-formats.ts';
import { gatherExamples } from '../dataset/gather-examples.ts';
import { splitExamples } from '../dataset/split-examples.ts';
import { storeDataset } from '../dataset/store-dataset.ts';

const share = z.number().min(0).max(1);

const config = z
  .object({
    source: z.enum(['file', 'examples', 'documents', 'evaluations', 'executions']).optional(),
    /** JSON Lines, or a list as JSON: the text itself, or a claim check of it. */
    file: z.union([claimCheckSchema, z.string()]).optional(),
    examples: z.union([claimCheckSchema, z.array(z.json())]).optional(),
    format: z.enum(exampleFormats).default('chat'),
    split: z
      .object({ train: share, validation: share.default(0), test: share.default(0) })
      .refine(({ train, validation, test }) => Math.abs(train + validation + test - 1) < 1e-6, 'the shares must add up to 1')
      .default({ train: 1, validation: 0, test: 0 }),
    dedupe: z.boolean().default(true),
    seed: z.number().int().default(0),
    minCharacters: z.number().int().nonnegative().default(0),
    maxCharacters: z.number().int().positive().default(1_000_000),
  })
  .refine(({ file, examples }) => file === undefined || examples === undefined, 'expected either file or examples, not both');
type Config = z.output<typeof config>;

const fileSchema = z.object({ key: z.string(), examples: z.number().int(), bytes: z.number().int() });
const output = z.object({
  datasetId: z.string(),
  examples: z.number().int(),
  /** By split. */
  files: z.object({ train: fileSchema.optional(), validation: fileSchema.optional(), test: fileSchema.optional() }),
  /** The first thousand. */
  rejected: z.array(z.object({ line: z.number().int(), reason: z.string() })),
  rejectedCount: z.number().int(),
});

const mostRejectedShown = 1_000;

export function buildDataset(store: BlobStore) {
  const claimChecks = new BlobClaimChecks(store);
  return defineHandler({
    name: 'build_dataset',
    queue: 'training',
    description:
      'Makes a training dataset of examples: checks each, drops repeated ones, shuffles and splits by a seed, and stores JSON Lines. The same examples and seed give the same dataset.',
    config,
    output,
    example: {
      examples: [
        {
          messages: [
            { role: 'user', content: 'What is 2 + 2?' },
            { role: 'assistant', content: '4' },
          ],
        },
      ],
      split: { train: 0.9, validation: 0.1 },
      seed: 7,
    },
    timeoutMs: 30 * 60_000,
    claimChecks: 'pass',
    run: async (given, context) => {
      const lines = await linesOf(given, claimChecks);
      const { examples, rejected } = await gatherExamples(lines, { ...given, signal: context.signal });
      if (examples.length === 0) {
        const [first] = rejected;
        const why = first
          ? `all ${rejected.length} were rejected, the first (line ${first.line}) since it ${first.reason}`
          : 'there were none';
        throw new TerminalError('DATASET_EMPTY', `no example can be used: ${why}`, { details: { rejected: shown(rejected) } });
      }
      context.progress(0.5);
      const { datasetId, files } = await storeDataset(store, given.format, splitExamples(examples, given.split, given.seed));
      return { datasetId, examples: examples.length, files, rejected: shown(rejected), rejectedCount: rejected.length };
    },
  });
}

async function linesOf(given: Config, claimChecks: BlobClaimChecks): Promise<Iterable<DatasetLine | UnreadableLine>> {
  const source = given.source ?? (given.file !== undefined ? 'file' : 'examples');
  switch (source) {
    case 'file':
      if (given.file === undefined) throw missing('file');
      return datasetLines(typeof given.file === 'string' ? given.file : await textOf(given.file, claimChecks));
    case 'examples':
      if (given.examples === undefined) throw missing('examples');
      if (isClaimCheck(given.examples)) return datasetLines(await textOf(given.examples, claimChecks));
      return given.examples.map((value: Json, index) => ({ line: index + 1, value }));
    case 'documents':
    case 'evaluations':
    case 'executions':
      throw new TerminalError(
        'SOURCE_NOT_AVAILABLE',
        `examples cannot be taken from ${source} yet; give them as \`file\` or \`examples\``,
      );
  }
}

async function textOf(reference: ClaimCheck, claimChecks: BlobClaimChecks): Promise<string> {
  return (await claimChecks.openBytes(reference, limits.claimCheckBytes)).toString('utf8');
}

function missing(field: string): TerminalError {
  return new TerminalError('INVALID_CONFIG', `\`${field}\` is missing: it holds the examples`);
}

function shown(rejected: readonly UnreadableLine[]): { line: number; reason: string }[] {
  return rejected.slice(0, mostRejectedShown).map(({ line, reason }) => ({ line, reason: reason.slice(0, 300) }));
}
