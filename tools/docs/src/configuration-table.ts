import { configurationVariables, type ConfigurationVariable } from '@jetsaga/service';

/** The variables that the processes read, as docs/configuration.md shows them. */
export function variablesInMarkdown(): string {
  const rows = Object.entries(configurationVariables).map(([name, variable]: [string, ConfigurationVariable]) => {
    const { description, default: standard } = variable;
    return `| \`${name}\` | ${inCell(description)} | ${standard === undefined ? '–' : `\`${standard}\``} |`;
  });
  return ['| variable | is | default |', '| --- | --- | --- |', ...rows].join('\n');
}

/** Text outside of backticks is Markdown, where `<NAME>` would be taken for a tag. */
function inCell(text: string): string {
  const parts = text.replaceAll('|', '\\|').split('`');
  return parts.map((part, index) => (index % 2 === 0 ? part.replaceAll('<', '\\<') : part)).join('`');
}
