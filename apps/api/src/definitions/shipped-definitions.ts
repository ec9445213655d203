import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import type { Logger } from '@jetsaga/telemetry';
import { Problem } from '../http/problem.ts';
import { LOG, SHIPPED } from '../resources.ts';
import { Definitions } from './definitions.ts';

const lookEveryMs = 250;

/** A definition that comes with the platform: applied where its key is not known yet. What users make of it later stays. */
export interface ShippedDefinition {
  readonly key: string;
  readonly file: string;
}

/**
 * Applies what comes with the platform as soon as workers have announced the handlers it needs.
 *
 * Modes: waiting (from the start) → settled (all applied, known already, or found to be wrong).
 */
@Injectable()
export class ShippedDefinitions implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly stopping = new AbortController();
  private work: Promise<void> = Promise.resolve();
  private readonly definitions: Definitions;
  private readonly shipped: readonly ShippedDefinition[];
  private readonly log: Logger;

  constructor(definitions: Definitions, @Inject(SHIPPED) shipped: readonly ShippedDefinition[], @Inject(LOG) log: Logger) {
    this.definitions = definitions;
    this.shipped = shipped;
    this.log = log;
  }

  /** Resolves when all of them are settled, or `ms` are over: the platform is of use without them. */
  async settled(ms: number): Promise<void> {
    const over = new AbortController();
    await Promise.race([this.work, pause(ms, undefined, { signal: over.signal }).catch(() => undefined)]);
    over.abort();
  }

  onApplicationBootstrap(): void {
    this.work = Promise.all(this.shipped.map((one) => this.settle(one))).then(() => undefined);
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await this.work;
  }

  private async settle(shipped: ShippedDefinition): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      try {
        if (await this.apply(shipped)) return;
      } catch (error) {
        this.log.error({ err: error }, `the definition ${shipped.key} that comes with the platform cannot be applied`);
        return;
      }
      await pause(lookEveryMs, undefined, { signal }).catch(() => undefined);
    }
  }

  /** False when it has to wait for workers, or for Postgres. */
  private async apply({ key, file }: ShippedDefinition): Promise<boolean> {
    const source = await readFile(file, 'utf8');
    try {
      if (await this.definitions.isKnown(key)) return true;
      await this.definitions.apply({ source, format: 'yaml', allowUnknown: false, by: 'jetsaga' });
      this.log.info(`the definition ${key} was applied`);
      return true;
    } catch (error) {
      const unknown = error instanceof Problem && (error.errors ?? []).every((problem) => problem.code === 'UNKNOWN_HANDLER');
      if (unknown || !(error instanceof Problem)) return false;
      throw error;
    }
  }
}
