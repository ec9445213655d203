import type { StepRecord } from '@jetsaga/contracts';
import type { Behaviour } from './oracle.ts';
import type { RandomWorkflow } from './random-workflow.ts';
import { Story } from './story.ts';

export interface PlayOptions {
  /** Completions of attempts that were given up. They change what becomes of a step, so the oracle cannot foresee them. */
  readonly lateCompletions?: boolean;
  /** Cancels after so many events. */
  readonly cancelAfter?: number;
}

/**
 * Plays an execution to its end with workers that answer as foreseen, in an order made from `seed`, with results that
 * arrive twice, messages that are lost and starts that are reported or not. Throws when it does not end. Stops where undoing begins.
 */
export function play({ plan, behaviours }: RandomWorkflow, seed: number, options: PlayOptions = {}): Story {
  const story = new Story(plan);
  const said: (() => void)[] = [];
  let last = seed;
  /** Below n; the minimal standard generator of Park and Miller. */
  const pick = (n: number) => (last = (last * 48_271) % 2_147_483_647) % n;
  for (let events = 0; !story.isOver && story.status !== 'COMPENSATING'; events += 1) {
    if (events > 2_000) throw new Error('the execution does not end');
    if (options.cancelAfter === events) {
      story.isCancelled();
      continue;
    }
    const open = story.openSteps;
    const step = open[pick(open.length)];
    if (!step) throw new Error('nothing is open, and yet it is not over');
    const chance = pick(10);
    if (chance === 0 && said.length > 0) said[pick(said.length)]?.();
    else if (chance === 1) story.starts(step.node);
    else if (chance === 2 && pick(4) === 0) story.loses(step.node);
    else if (chance === 3 && options.lateCompletions && step.attempt > 1)
      story.completes(step.node, 'late', { attempt: step.attempt - 1 });
    else if (step.status === 'RETRYING') story.timerFires('retry', step.node);
    else said.push(answer(story, step, behaviours.get(step.node)));
  }
  for (const again of said) again();
  return story;
}

/** Has the worker answer the step's open attempt, and returns how it says so once more. */
function answer(story: Story, step: StepRecord, behaviour: Behaviour | undefined): () => void {
  if (!behaviour) throw new Error(`no behaviour for ${step.node}`);
  const { node, attempt } = step;
  const say = () => {
    if (attempt <= behaviour.failuresFirst) story.fails(node, { code: 'FLAKY', retryable: true }, attempt);
    else if (behaviour.then === 'fail') story.fails(node, {}, attempt);
    else story.completes(node, `${node} done`, { attempt, ...(behaviour.branch !== null && { branch: behaviour.branch }) });
  };
  say();
  return say;
}
