import { JetsagaError } from '@jetsaga/client';
import type { Command } from 'commander';
import { contextOf, type CliContext } from '../cli-context.ts';
import { CliFailure } from '../cli-failure.ts';

interface Finding {
  readonly ok: boolean;
  readonly what: string;
  /** What would mend it. */
  readonly cure?: string;
}

const cures: Readonly<Record<string, string>> = {
  postgres: 'check DATABASE_URL and that Postgres accepts connections; standalone starts its own again by itself',
  nats: 'check NATS_URL and that the server runs with JetStream; standalone starts its own again by itself',
  coordinator: 'start a coordinator: pnpm nx serve coordinator, or pnpm start for everything',
  workers: 'start a worker: pnpm nx serve actions, or pnpm start for everything',
};

export function addDoctor(program: Command): void {
  program
    .command('doctor')
    .description('what is wrong here, and what would mend it')
    .action(async (_options: object, command: Command) => {
      const context = contextOf(command);
      const findings = await examine(context);
      context.print(findings, (all) =>
        all.map(({ ok, what, cure }) => `${ok ? '✔' : '✖'} ${what}${cure ? `\n  → ${cure}` : ''}`).join('\n'),
      );
      const bad = findings.filter((finding) => !finding.ok).length;
      if (bad > 0) throw new CliFailure('UNHEALTHY', `${bad} of ${findings.length} checks found something wrong`);
    });
}

async function examine(context: CliContext): Promise<Finding[]> {
  try {
    const health = await context.client.health();
    const parts = Object.entries(health.parts).map(([name, part]): Finding => {
      const figures = [`${part.latencyMs} ms`, part.active === undefined ? '' : `${part.active} active`]
        .filter(Boolean)
        .join(', ');
      return part.status === 'ok'
        ? { ok: true, what: `${name} (${figures})` }
        : { ok: false, what: `${name}: ${part.reason ?? 'does not answer'}`, cure: cures[name] };
    });
    return [{ ok: true, what: `the API answers at ${context.server}` }, ...parts, ...(await examineQueues(context))];
  } catch (error) {
    if (!(error instanceof JetsagaError) || error.code !== 'UNREACHABLE') throw error;
    return [
      {
        ok: false,
        what: error.message,
        cure: 'npx --yes pnpm@12.21.0 start, or name another server with --server or JETSAGA_URL',
      },
    ];
  }
}

/** Tasks that wait in a queue nobody consumes will wait for ever. */
async function examineQueues(context: CliContext): Promise<Finding[]> {
  const { items } = await context.client.queues();
  return items
    .filter((queue) => (queue.depth ?? 0) > 0 && queue.workers === 0)
    .map((queue) => ({
      ok: false,
      what: `${queue.depth} tasks wait in the queue ${queue.name}, and no worker consumes it`,
      cure: `start a worker of the queue ${queue.name}`,
    }));
}
