export interface PartHealth {
  readonly status: 'ok' | 'down';
  readonly latencyMs: number;
  readonly reason?: string;
}

export interface HealthReport {
  readonly status: 'ok' | 'down' | 'stopping';
  readonly parts: Readonly<Record<string, PartHealth>>;
}

const answerWithinMs = 2_000;

/** What a process must reach to be of use. Whoever opens a connection adds a check that really asks the other side. */
export class HealthChecks {
  private readonly checks = new Map<string, () => Promise<unknown>>();
  private stopping = false;

  /** The check rejects when the part cannot be reached. It is given 2 s. */
  add(part: string, check: () => Promise<unknown>): void {
    this.checks.set(part, check);
  }

  /** From now on the process is not ready: it takes no more work. */
  stop(): void {
    this.stopping = true;
  }

  async report(): Promise<HealthReport> {
    const parts = Object.fromEntries(
      await Promise.all([...this.checks].map(async ([part, check]) => [part, await ask(check)] as const)),
    );
    if (this.stopping) return { status: 'stopping', parts };
    return { status: Object.values(parts).every(({ status }) => status === 'ok') ? 'ok' : 'down', parts };
  }
}

async function ask(check: () => Promise<unknown>): Promise<PartHealth> {
  const started = performance.now();
  const latencyMs = () => Math.round((performance.now() - started) * 10) / 10;
  let timer: NodeJS.Timeout | undefined;
  try {
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new Error(`no answer within ${answerWithinMs} ms`)), answerWithinMs);
    });
    await Promise.race([check(), late]);
    return { status: 'ok', latencyMs: latencyMs() };
  } catch (error) {
    return { status: 'down', latencyMs: latencyMs(), reason: error instanceof Error ? error.message : String(error) };
  } finally {
    clearTimeout(timer);
  }
}
