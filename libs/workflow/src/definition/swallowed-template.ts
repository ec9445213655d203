/** A template that begins a YAML value without quotes in front of it. */
const bareTemplate = /(?:^|[:\-,[{?])\s*\{\{/;

export const swallowedTemplateHint = 'put it in quotes: "{{ … }}"';

/** The offset of the unquoted template that a syntax error at `offset` is about, if its line has one. */
export function swallowedTemplate(source: string, offset: number): number | undefined {
  const start = source.lastIndexOf('\n', Math.max(0, offset - 1)) + 1;
  const end = source.indexOf('\n', offset);
  const line = source.slice(start, Math.min(end < 0 ? source.length : end, start + 2_000));
  const found = bareTemplate.exec(line);
  return found ? start + found.index + found[0].length - 2 : undefined;
}
