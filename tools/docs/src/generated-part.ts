/**
 * The page with the part between `<!-- <name>: generated … -->` and `<!-- end of <name> -->` replaced. Throws when the page
 * has no such part.
 */
export function withGeneratedPart(page: string, name: string, text: string): string {
  const part = new RegExp(`(<!-- ${name}: generated[^\\n]*-->\\n)[\\s\\S]*?(<!-- end of ${name} -->)`);
  if (!part.test(page)) throw new Error(`the page has no part ${name}`);
  return page.replace(part, (_all, begin: string, end: string) => `${begin}\n${text.trim()}\n\n${end}`);
}
