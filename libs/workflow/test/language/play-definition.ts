import { stepPath, type StepRecord } from '@jetsaga/contracts';
import type { Plan } from '../../src/definition/plan.ts';
import { Story } from '../story.ts';
import { outputAt, type World } from './world.ts';

/**
 * Plays an execution to its end with workers that answer as foreseen, in an order made from `seed`, with results that arrive twice,
 * messages that are lost, and starts that are reported or not. Throws when it does not end.
 */
export function playDefinition(plan: Plan, world: World, seed: number): Story {
  const story = new Story(plan, { input: world.input });
  const said: (() => void)[] = [];
  let last = seed;
  /** Below n; the minimal standard generator of Park and Miller. */
  const pick = (n: number) => (last = (last * 48_271) % 2_147_483_647) % n;
  for (let events = 0; !story.isOver; events += 1) {
    if (events > 10_000) throw new Error('the execution does not end');
    // Scopes are open as long as what is in them: it is the turn of a task, or of a timer that a scope has set.
    const tasks = story.openSteps.filter((step) => step.queue !== null);
    const timers = [...story.timers.values()].filter((timer) => timer.kind !== 'retry');
    const turn = pick(Math.max(1, tasks.length + timers.length));
    const timer = timers[turn - tasks.length];
    if (timer) {
      story.happens({ kind: 'timer', timer });
      continue;
    }
    const step = tasks[turn];
    if (!step) throw new Error('nothing is to be done, and yet it is not over');
    const path = stepPath(step.scope, step.node);
    const chance = pick(10);
    if (chance === 0 && said.length > 0) said[pick(said.length)]?.();
    else if (chance === 1) story.starts(path);
    else if (chance === 2 && pick(4) === 0) story.loses(path);
    else if (step.status === 'RETRYING') story.timerFires('retry', path);
    else said.push(answer(story, step, path, world));
  }
  for (const again of said) again();
  return story;
}

/** Has the worker answer the step's open attempt, and returns how it says so once more. */
function answer(story: Story, { attempt }: StepRecord, path: string, world: World): () => void {
  const { failuresFirst, then, branch } = world.behaviour(path);
  const say = () => {
    if (attempt <= failuresFirst) story.fails(path, { code: 'FLAKY', retryable: true }, attempt);
    else if (then === 'fail') story.fails(path, {}, attempt);
    else story.completes(path, outputAt(path), { attempt, ...(branch !== null && { branch }) });
  };
  say();
  return say;
}
