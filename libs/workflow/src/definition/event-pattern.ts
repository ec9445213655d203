const level = /^[A-Za-z0-9_-]+$/;

/** Levels of letters, digits, `_` and `-`, joined by dots; `*` is any one level, `>` at the end is one or more. */
export function isEventPattern(pattern: string): boolean {
  if (pattern.length === 0 || pattern.length > 200) return false;
  const levels = pattern.split('.');
  return levels.every((part, index) => part === '*' || (part === '>' && index === levels.length - 1) || level.test(part));
}

/** Whether an event of this type (the subject after `events.`) is one that the pattern asks for, as NATS has it. */
export function matchesEventPattern(pattern: string, type: string): boolean {
  const wanted = pattern.split('.');
  const given = type.split('.');
  for (const [index, part] of wanted.entries()) {
    if (part === '>') return given.length > index;
    if (index >= given.length || (part !== '*' && part !== given[index])) return false;
  }
  return wanted.length === given.length;
}
