import type { HandlerFacts } from '@jetsaga/contracts';
import { checkDefinition } from '../src/definition/check-definition.ts';
import { compilePlan } from '../src/definition/compile-plan.ts';
import { collectHandlerFacts } from '../src/definition/handler-facts.ts';
import { parseDefinition } from '../src/definition/parse-definition.ts';
import type { Plan } from '../src/definition/plan.ts';
import { Story, type StoryOptions } from './story.ts';

const facts = (...branches: string[]): HandlerFacts => ({ queue: 'work', branches, timeoutMs: 60_000 });

/** The handlers of the stories: `work` just works, the others say how it went. */
const handlers = new Map<string, HandlerFacts>([
  ['work', facts()],
  ['seek_approval', facts('approved', 'rejected')],
  ['check_stock', facts('true', 'false')],
]);

/** A plan made from a definition as users write it. `source` is the whole document, or the list of its nodes. */
export function planFrom(source: string): Plan {
  const whole = source.includes('dag:') ? source : `dag:\n  nodes:\n${source.replace(/^/gm, '    ')}`;
  const document = /^name:/m.test(whole) ? whole : `name: Story\n${whole}`;
  const { definition, problems } = checkDefinition(parseDefinition(document, 'yaml'), handlers);
  if (!definition) throw new Error(problems.map(({ code, pointer, message }) => `${code} at ${pointer}: ${message}`).join('\n'));
  const { key } = definition;
  return compilePlan({ document: definition.document, key, version: 1 }, collectHandlerFacts(definition, handlers));
}

/** An execution of a definition as users write it, just started. */
export function given(source: string, options: StoryOptions = {}): Story {
  return new Story(planFrom(source), options);
}
