import { z } from 'zod';

const text = z.string().refine((value) => value.trim() !== '', 'is empty');
const message = z.object({ role: z.enum(['system', 'user', 'assistant', 'tool']), content: text });

const chat = z
  .object({ messages: z.array(message).min(2, 'needs a question and an answer') })
  .refine(({ messages }) => messages.at(-1)?.role === 'assistant', 'does not end with an answer of the assistant');
const completion = z.object({ prompt: text, completion: text });
const preference = z
  .object({ prompt: text, chosen: text, rejected: text })
  .refine(({ chosen, rejected }) => chosen !== rejected, 'prefers an answer to itself');

/** Where an example has the other common form, it is brought into the one asked for. */
const asChat = z.union([
  chat,
  completion.extend({ system: text.optional() }).transform(({ system, prompt, completion: answer }) => ({
    messages: [
      ...(system === undefined ? [] : [{ role: 'system' as const, content: system }]),
      { role: 'user' as const, content: prompt },
      { role: 'assistant' as const, content: answer },
    ],
  })),
]);

export const exampleFormats = ['chat', 'completion', 'preference'] as const;
export type ExampleFormat = (typeof exampleFormats)[number];

const schemas = { chat: asChat, completion, preference } as const;

export type ReadExample = { readonly json: string; readonly characters: number } | { readonly reason: string };

/** One example as a line of JSON with its fields in a fixed order, or why it is none. */
export function readExample(format: ExampleFormat, value: unknown): ReadExample {
  const parsed = schemas[format].safeParse(value);
  if (!parsed.success) return { reason: reasonOf(parsed.error, value) };
  return { json: JSON.stringify(parsed.data), characters: charactersOf(parsed.data) };
}

/** Of several forms, what is wrong with the one that was meant. */
function reasonOf(error: z.ZodError, value: unknown): string {
  const [issue] = error.issues;
  const issues = issue?.code === 'invalid_union' ? formMeant(issue.errors, value) : error.issues;
  return issues
    .slice(0, 3)
    .map(({ path, message: said }) => `${path.join('.') || 'the example'}: ${said}`)
    .join('; ');
}

function formMeant(errors: readonly (readonly z.core.$ZodIssue[])[], value: unknown): readonly z.core.$ZodIssue[] {
  const isPair = typeof value === 'object' && value !== null && !('messages' in value) && 'prompt' in value;
  return errors[isPair ? 1 : 0] ?? [];
}

function charactersOf(value: unknown): number {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null) return 0;
  return Object.entries(value).reduce((sum, [key, each]) => (key === 'role' ? sum : sum + charactersOf(each)), 0);
}
