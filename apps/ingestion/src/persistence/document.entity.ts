import type { ClaimCheck, ErrorShape } from '@jetsaga/contracts';
import { Column, CreateDateColumn, Entity, PrimaryColumn, UpdateDateColumn } from 'typeorm';
import type { PageSpan } from '../parsing/parsed-document.ts';

export const documentStatuses = ['pending', 'parsed', 'chunked', 'embedded', 'evaluated', 'completed', 'failed'] as const;
export type DocumentStatus = (typeof documentStatuses)[number];

/** A document, from its registration on. What parsing finds out is null before that. */
@Entity({ schema: 'ingestion', name: 'documents' })
export class DocumentEntity {
  @PrimaryColumn('uuid')
  id!: string;

  /** Where the file is; `content:<sha256>` where it came inside a configuration. */
  @Column('text')
  uri!: string;

  @Column('text')
  name!: string;

  @Column('text')
  status!: DocumentStatus;

  @Column('jsonb', { nullable: true })
  error!: ErrorShape | null;

  @Column('text', { name: 'execution_id', nullable: true })
  executionId!: string | null;

  /** As declared until the document is parsed, as found from then on. */
  @Column('text', { name: 'media_type', nullable: true })
  mediaType!: string | null;

  @Column('bigint', {
    nullable: true,
    transformer: { from: (value: string | null) => (value === null ? null : Number(value)), to: (value: number | null) => value },
  })
  size!: number | null;

  @Column('text', { nullable: true })
  sha256!: string | null;

  /** The first document with the same content. */
  @Column('uuid', { name: 'duplicate_of', nullable: true })
  duplicateOf!: string | null;

  @Column('text', { nullable: true })
  title!: string | null;

  @Column('int', { nullable: true })
  characters!: number | null;

  @Column('jsonb', { nullable: true })
  pages!: PageSpan[] | null;

  /** Claim check of the whole text. */
  @Column('jsonb', { name: 'text_ref', nullable: true })
  textRef!: ClaimCheck | null;

  @Column('int', { nullable: true })
  chunks!: number | null;

  @Column('jsonb')
  labels!: Record<string, string>;

  @Column('jsonb')
  metadata!: Record<string, string | number | boolean>;

  @CreateDateColumn({ name: 'created_at', type: 'timestamptz' })
  createdAt!: Date;

  @UpdateDateColumn({ name: 'updated_at', type: 'timestamptz' })
  updatedAt!: Date;
}
