/** What a key may look like: it is a level of NATS subjects and a part of URLs. */
export const definitionKeyPattern = /^[a-z0-9-]{1,200}$/;

/** The key that a name makes: lower case, accents off, other runs become `-`. Empty when nothing of it is left. */
export function definitionKey(name: string): string {
  return name
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 200)
    .replace(/-+$/, '');
}
