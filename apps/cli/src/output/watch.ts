import type { Execution, Run, Step } from '@jetsaga/client';
import { createLogUpdate } from 'log-update';
import { stepTree } from './step-tree.ts';

const redrawMs = 80;

/**
 * Follows an execution to its end: a live tree on a terminal, a line per event elsewhere. Every event makes one look at the steps,
 * at most one each 80 ms.
 */
export async function watch(run: Run): Promise<Execution> {
  return process.stdout.isTTY ? watchTree(run) : watchLines(run);
}

async function watchTree(run: Run): Promise<Execution> {
  const draw = createLogUpdate(process.stdout);
  let stale = true;
  let ended = false;
  const follow = (async () => {
    try {
      for await (const _ of run.events()) stale = true;
    } finally {
      ended = true;
    }
  })();
  for (;;) {
    const last = ended;
    if (stale || last) {
      stale = false;
      const [execution, steps, scopes] = await Promise.all([run.show(), rootSteps(run), run.scopes()]);
      draw(stepTree(execution, steps, scopes.items, Date.now()));
      if (last) {
        await follow;
        draw.done();
        return execution;
      }
    }
    await new Promise((resolve) => setTimeout(resolve, redrawMs));
  }
}

async function watchLines(run: Run): Promise<Execution> {
  for await (const event of run.events()) {
    const attempt = event.attempt !== undefined && event.attempt > 1 ? ` (attempt ${event.attempt})` : '';
    console.error(`${event.time} ${event.name} ${event.path ?? ''}${attempt}`.trimEnd());
  }
  return run.show();
}

/** Those inside groups and maps are counted, not listed: there may be very many. */
export async function rootSteps(run: Run): Promise<Step[]> {
  const steps: Step[] = [];
  for (let cursor: string | undefined; ;) {
    const page = await run.steps({ scope: '', cursor, limit: 500 });
    steps.push(...page.items);
    if (page.next === null) return steps;
    cursor = page.next;
  }
}
