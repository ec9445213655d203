import { defaultTimeoutMs, type HandlerDescription, type Json, type JsonObject } from '@jetsaga/contracts';
import { defaultOf, fieldsOf, inWords } from './schema-in-words.ts';

/** The handlers as docs/workers.md shows them: a table of all, then each with its fields. */
export function handlersInMarkdown(handlers: readonly HandlerDescription[]): string {
  const rows = handlers.map(({ name, aliases, queue, branches }) => {
    const also = aliases.length > 0 ? ` (also ${aliases.map(code).join(', ')})` : '';
    return `| [${code(name)}](#${name})${also} | ${code(queue)} | ${branches.map(code).join(', ') || '–'} |`;
  });
  return ['| handler | queue | branches |', '| --- | --- | --- |', ...rows, '', ...handlers.map(oneHandler)].join('\n');
}

function oneHandler(handler: HandlerDescription): string {
  const { name, description, timeoutMs, retry, outputSchema, configSchema, example } = handler;
  const notes = [
    timeoutMs !== undefined && timeoutMs !== defaultTimeoutMs ? `timeout ${seconds(timeoutMs)}` : '',
    retry?.retries === undefined ? '' : `${retry.retries} retries`,
  ].filter((note) => note !== '');
  const declared = notes.length > 0 ? ` Declares: ${notes.join(', ')}.` : '';
  return `### ${name}

${description}${declared}

| config | is | default |
| --- | --- | --- |
${fieldRows(configSchema).join('\n')}

Output: ${outputSchema === undefined ? 'anything' : code(outputInWords(outputSchema))}.

\`\`\`json
${JSON.stringify(example, null, 2)}
\`\`\`
`;
}

function fieldRows(schema: JsonObject): string[] {
  const definitions = (schema.$defs ?? {}) as JsonObject;
  return fieldsOf(schema).map(({ name, schema: inner, required }) => {
    const standard = defaultOf(inner);
    const described = describedBy(inner);
    return `| ${code(name)} | ${inCell(inWords(inner, definitions))}${described} | ${standard ?? (required ? 'required' : '–')} |`;
  });
}

function describedBy(schema: Json): string {
  const text = typeof schema === 'object' && schema !== null && !Array.isArray(schema) ? schema.description : undefined;
  return typeof text === 'string' ? `: ${inCell(text)}` : '';
}

function outputInWords(schema: JsonObject): string {
  return inWords(schema, (schema.$defs ?? {}) as JsonObject).replaceAll('`', '');
}

function inCell(text: string): string {
  return text.replaceAll('|', '\\|').replace(/\s+/g, ' ');
}

function seconds(ms: number): string {
  return ms % 60_000 === 0 ? `${ms / 60_000}m` : `${ms / 1_000}s`;
}

function code(text: string): string {
  return `\`${text}\``;
}
