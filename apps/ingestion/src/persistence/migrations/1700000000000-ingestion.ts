import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The schema `ingestion`: documents, and the chunks that search finds. Files and whole texts are in the blob store. */
export class Ingestion1700000000000 implements MigrationInterface {
  name = 'Ingestion1700000000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE ingestion.documents (
        id uuid PRIMARY KEY,
        uri text NOT NULL UNIQUE,
        name text NOT NULL,
        status text NOT NULL DEFAULT 'pending',
        error jsonb,
        -- The execution that works on it, or did last: what an earlier one still reports does not count.
        execution_id text,
        media_type text,
        size bigint,
        sha256 text,
        duplicate_of uuid REFERENCES ingestion.documents (id) ON DELETE SET NULL,
        title text,
        characters int,
        pages jsonb,
        text_ref jsonb,
        chunks int,
        labels jsonb NOT NULL DEFAULT '{}',
        metadata jsonb NOT NULL DEFAULT '{}',
        created_at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
        updated_at timestamptz(3) NOT NULL DEFAULT clock_timestamp()
      );
      CREATE INDEX documents_newest ON ingestion.documents (created_at DESC, id DESC);
      CREATE INDEX documents_sha256 ON ingestion.documents (sha256, created_at);
      CREATE INDEX documents_duplicates ON ingestion.documents (duplicate_of) WHERE duplicate_of IS NOT NULL;

      CREATE TABLE ingestion.chunks (
        id uuid PRIMARY KEY,
        document_id uuid NOT NULL REFERENCES ingestion.documents (id) ON DELETE CASCADE,
        position int NOT NULL,
        text text NOT NULL,
        content_hash text NOT NULL,
        start_offset int NOT NULL,
        end_offset int NOT NULL,
        first_page int NOT NULL,
        last_page int NOT NULL,
        tokens int NOT NULL,
        -- The text, and with less weight the document's title.
        words tsvector NOT NULL,
        embedding_model text,
        embedding_dimensions int,
        -- Of length one, so that a dot product is the cosine.
        embedding real[]
      );
      -- Vectors do not compress.
      ALTER TABLE ingestion.chunks ALTER COLUMN embedding SET STORAGE EXTERNAL;
      CREATE INDEX chunks_document ON ingestion.chunks (document_id, position);
      CREATE INDEX chunks_words ON ingestion.chunks USING gin (words);
      CREATE INDEX chunks_embedded ON ingestion.chunks (content_hash, embedding_model) WHERE embedding IS NOT NULL;

      -- What chunks have ever been embedded with; only vectors of one space compare.
      CREATE TABLE ingestion.embedding_spaces (
        model text NOT NULL,
        dimensions int NOT NULL,
        PRIMARY KEY (model, dimensions)
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE ingestion.embedding_spaces; DROP TABLE ingestion.chunks; DROP TABLE ingestion.documents;`);
  }
}
