import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { createModelGateway, loadTokenizer } from '@jetsaga/ai';
import { openDataSource } from '@jetsaga/persistence';
import { createTestDatabase, type TestDatabase } from '@jetsaga/testing';
import type { DataSource } from 'typeorm';
import { sampleDocuments } from '../../test/sample-documents.ts';
import { ChunkRepository } from '../chunks/chunk-repository.ts';
import { chunkOptionsSchema } from '../chunking/chunk-options.ts';
import { chunkText } from '../chunking/chunk-text.ts';
import { DocumentRepository } from '../documents/document-repository.ts';
import { ingestionSchema } from '../persistence/ingestion-schema.ts';
import { searchChunks } from './search-chunks.ts';
import { searchRequestSchema, type SearchRequest } from './search-request.ts';

// Servers and threads start here, on machines that have other things to do.
jest.setTimeout(30_000);

let database: TestDatabase;
let dataSource: DataSource;
const models = createModelGateway({});
const ids: string[] = [];

const search = (query: string, given: Partial<SearchRequest> = {}) =>
  searchChunks({ dataSource, models, pgvector: false }, searchRequestSchema.parse({ query, ...given }));

async function ingest(name: string, text: string, size = 60): Promise<string> {
  const documents = new DocumentRepository(dataSource);
  const chunks = new ChunkRepository(dataSource);
  const { count } = await loadTokenizer();
  const { documentId } = await documents.register({ uri: `content:${name}`, name });
  const options = chunkOptionsSchema.parse({ size, overlap: 10 });
  const made = [...chunkText({ documentId, text, pages: [{ number: 1, start: 0, end: text.length }] }, options, count)];
  await chunks.replace(documentId, name, (add) => add(made));
  const { vectors } = await models.embed({ texts: made.map((chunk) => chunk.text) });
  await chunks.storeEmbeddings(
    made.map(({ id }) => id),
    vectors,
    'offline',
  );
  await documents.setStatus(documentId, 'completed', 'test');
  return documentId;
}

const samples = sampleDocuments(98);
/** A handbook, as people write one, and questions, as people ask them. */
const handbook: readonly [question: string, passage: string][] = [
  [
    'How many days of annual leave does a new employee get?',
    'In their first year employees are entitled to 24 days of annual leave, which rise to 28 from the third year on.',
  ],
  [
    'Who has to approve a purchase of more than 5,000 euros?',
    'Purchases above 5,000 euros are approved by the head of finance; smaller ones by the team lead.',
  ],
  [
    'how can I reset my forgotten password',
    'A forgotten password is reset on the sign-in page: follow the link that is sent to your private address.',
  ],
  [
    'What should I do when the fire alarm rings?',
    'When the fire alarm rings, leave by the nearest stairs and gather at the car park behind the canteen.',
  ],
  [
    'Can I work from home on Fridays?',
    'Working from home is possible on two days of the week, Mondays and Fridays included, once your lead agrees.',
  ],
  [
    'Is parental leave paid?',
    'Parental leave is paid in full for sixteen weeks, for both parents, and may be taken in two parts.',
  ],
  ['When are salaries paid?', 'Salaries are transferred on the 25th of each month, or on the working day before it.'],
  [
    'Where do visitors have to register?',
    'Visitors register at the front desk and wear their badge in plain sight until they leave.',
  ],
  [
    'How is a broken laptop replaced?',
    'A broken laptop is replaced by the service desk within one working day; bring the old one along.',
  ],
  [
    'What is the policy for gifts from suppliers?',
    'Gifts from suppliers that are worth more than 30 euros are declined or handed to the raffle.',
  ],
];

beforeAll(async () => {
  database = await createTestDatabase();
  dataSource = await openDataSource({ ...ingestionSchema, url: database.url, applicationName: 'search-spec' });
  for (const { subject, filler, fact } of samples)
    ids.push(await ingest(subject, [filler[0], fact, ...filler.slice(1)].join('\n\n')));
  await ingest('Employee handbook', handbook.map(([, passage], index) => `Chapter ${index + 1}\n\n${passage}`).join('\n\n'), 40);
}, 60_000);
afterAll(async () => {
  await dataSource.destroy();
  await database.drop();
});

describe('search over a hundred documents with offline embeddings', () => {
  const firstHits = async (mode: SearchRequest['mode']) => {
    const missed: string[] = [];
    const questions: [string, string][] = [
      // All of them are asked where the whole way is tested; here every third will do.
      ...samples.filter((_, index) => index % 3 === 0).map(({ question, fact }): [string, string] => [question, fact]),
      ...handbook.map(([q, p]): [string, string] => [q, p]),
    ];
    for (const [question, passage] of questions) {
      const [hit] = await search(question, { mode, limit: 3 });
      if (!hit?.text.replace(/\s+/g, ' ').includes(passage)) missed.push(`${question} → ${hit?.text.slice(0, 120)}`);
    }
    return missed;
  };

  it('finds the right passage first for natural questions, in hybrid mode', async () => {
    expect(await firstHits('hybrid')).toEqual([]);
  }, 30_000);

  it('nearly always does so by vectors or by words alone', async () => {
    expect((await firstHits('vector')).length).toBeLessThanOrEqual(3);
    expect((await firstHits('text')).length).toBeLessThanOrEqual(3);
  }, 30_000);
});

describe('searchChunks', () => {
  it('tells where the passage is', async () => {
    const { subject, question, fact } = samples[3]!;
    const [hit] = await search(question);
    expect(hit).toMatchObject({
      document: { id: ids[3], name: subject },
      page: 1,
      score: expect.any(Number),
      textScore: expect.any(Number),
      vectorScore: expect.any(Number),
    });
    expect(hit?.text).toContain(fact);
  });

  it('keeps to the limit, the threshold and the documents asked for', async () => {
    expect(await search('the lighthouse storm', { limit: 3 })).toHaveLength(3);
    const within = await search('the lighthouse storm', { documents: [ids[1]!, ids[2]!] });
    expect(new Set(within.map(({ document }) => document.id))).toEqual(new Set([ids[1], ids[2]]));
    const scores = (await search('the lighthouse storm', { mode: 'vector', scoreThreshold: 0.25, limit: 100 })).map(
      ({ score }) => score,
    );
    expect(scores.length).toBeGreaterThan(0);
    expect(Math.min(...scores)).toBeGreaterThanOrEqual(0.25);
    expect(scores).toEqual([...scores].sort((a, b) => b - a));
    expect(await search('the lighthouse storm', { mode: 'vector', scoreThreshold: 1 })).toEqual([]);
  });

  it('gives neighbours along', async () => {
    const [hit] = await search('When are salaries paid?', { neighbours: 1, limit: 1 });
    expect(hit?.neighbours?.map(({ position }) => position)).toEqual([hit!.position - 1, hit!.position + 1]);
  });

  it.each([
    `'; DROP TABLE ingestion.chunks; --`,
    `a & | ! ( ) <-> :*`,
    String.raw`back\slash's "quote"`,
    '%%%',
    '🦊',
    'the of and',
  ])('takes the query %j as nothing but text', async (query) => {
    expect(Array.isArray(await search(query))).toBe(true);
    expect((await search('When are salaries paid?')).length).toBeGreaterThan(0);
  });

  it('finds text in other languages by its words', async () => {
    await ingest('Hausordnung', 'Die Öffnungszeiten der Bücherei sind werktags von neun bis achtzehn Uhr.');
    expect((await search('Öffnungszeiten Bücherei'))[0]?.document.name).toBe('Hausordnung');
  });

  it('tells a passage that several documents have once', async () => {
    await ingest('Original', 'The zeppelin hangar opens its gates on the first of May.');
    await ingest('Copy', 'The zeppelin hangar opens its gates on the first of May.');
    const hits = await search('When does the zeppelin hangar open?');
    expect(hits.filter(({ text }) => text.includes('zeppelin'))).toHaveLength(1);
  });

  it('leaves failed documents out', async () => {
    const id = await ingest('Broken', 'The walrus parade was cancelled.');
    expect((await search('walrus parade'))[0]?.document.id).toBe(id);
    await new DocumentRepository(dataSource).setStatus(id, 'failed', 'test', { code: 'X', message: 'x' });
    expect((await search('walrus parade')).every(({ document }) => document.id !== id)).toBe(true);
  });
});
