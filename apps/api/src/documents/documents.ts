import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { Actor, Json } from '@jetsaga/contracts';
import type { StartingEngine } from '@jetsaga/engine';
import type { MultipartFile } from '@fastify/multipart';
import { ServiceClient } from '@jetsaga/messaging';
import { ShippedDefinitions } from '../definitions/shipped-definitions.ts';
import { Problem } from '../http/problem.ts';
import { ENGINE } from '../resources.ts';
import { Uploads, type StoredUpload } from './uploads.ts';

export interface Ingestion extends StoredUpload {
  readonly documentId: string;
  readonly name: string;
  readonly mediaType: string;
  /** An older document with the same content. */
  readonly duplicateOf: string | null;
  /** What works on it; null when no workflow listens to `documents.uploaded`. */
  readonly executionId: string | null;
}

/** Searching may ask a model for the question's vector first. */
const askMs = 30_000;

/** Right after the first start: how long an upload waits for the workflow that is to listen to it. */
const shippedWithinMs = 15_000;

/** Documents live with the ingestion service; an upload is stored, registered there, and announced as an event. */
@Injectable()
export class Documents {
  private readonly uploads: Uploads;
  private readonly services: ServiceClient;
  private readonly engine: StartingEngine;
  private readonly shipped: ShippedDefinitions;

  constructor(uploads: Uploads, services: ServiceClient, @Inject(ENGINE) engine: StartingEngine, shipped: ShippedDefinitions) {
    this.shipped = shipped;
    this.uploads = uploads;
    this.services = services;
    this.engine = engine;
  }

  /** Errors: 413 TOO_LARGE, 503 when the ingestion service is away. */
  async ingest(file: MultipartFile, by: Actor): Promise<Ingestion> {
    const name = nameOf(file.filename);
    const mediaType = file.mimetype;
    const upload = await this.uploads.store(file.file, mediaType);
    try {
      if (file.file.truncated) throw new Problem(413, 'TOO_LARGE', 'the file is larger than this server takes');
      const facts = { ...upload, name, mediaType };
      const { documentId, duplicateOf } = await this.ask<{ documentId: string; duplicateOf: string | null }>(
        'register-document',
        facts,
      );
      await this.shipped.settled(shippedWithinMs);
      const executionId = await this.announce({ ...facts, documentId }, by);
      return { ...facts, documentId, duplicateOf, executionId };
    } catch (error) {
      await this.uploads.discard(upload);
      throw error;
    }
  }

  ask<T>(verb: string, body: Json): Promise<T> {
    return this.services.call('ingestion', verb, body, { timeoutMs: askMs }) as Promise<T>;
  }

  private async announce(data: { [key: string]: Json }, by: Actor): Promise<string | null> {
    const event = {
      specversion: '1.0' as const,
      id: randomUUID(),
      source: '/jetsaga/api/documents',
      type: 'documents.uploaded',
      time: new Date().toISOString(),
      datacontenttype: 'application/json',
      data,
    };
    const { executions } = await this.engine.events.publish(event, by);
    return executions[0] ?? null;
  }
}

/** Only the last level of what the client calls it, and nothing unprintable. */
function nameOf(filename: string): string {
  const last = filename.split(/[\\/]/).at(-1) ?? '';
  const printable = last
    .replace(/\p{Cc}/gu, '')
    .toWellFormed()
    .slice(0, 255);
  return printable === '' ? 'unnamed' : printable;
}
