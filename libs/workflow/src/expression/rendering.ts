import type { Json } from '@jetsaga/contracts';
import type { Evaluation } from './evaluation.ts';
import { Duration, setMember, Timestamp, timeText, type Value } from './value.ts';

/** A value as a part of longer text: text as it is, null as nothing, lists and objects as JSON. */
export function rendered(run: Evaluation, value: Value): string {
  const content = run.open(value);
  if (content === null) return '';
  if (typeof content === 'string') return content;
  if (typeof content !== 'object') return String(content);
  return content instanceof Timestamp || content instanceof Duration ? timeText(content) : jsonText(run, content);
}

/** JSON without blanks; claim checks in it are replaced by their content. */
export function jsonText(run: Evaluation, value: Value): string {
  const text = JSON.stringify(opened(run, value));
  run.makeText(text.length);
  return text;
}

/** Pays for each member before the text is made: one value may stand in many places of another. */
function opened(run: Evaluation, value: Value): Json {
  const content = run.open(value);
  if (typeof content === 'string') run.spendCharacters(content.length);
  else run.spend(1);
  if (typeof content !== 'object' || content === null) return content;
  if (content instanceof Timestamp || content instanceof Duration) return timeText(content);
  if (Array.isArray(content)) return content.map((item) => opened(run, item));
  const result: { [key: string]: Json } = {};
  for (const key of Object.keys(content)) {
    run.spendCharacters(key.length);
    setMember(result, key, opened(run, content[key]!));
  }
  return result;
}

/** Pays for the size of a result: what is small in memory, as one value in many places, may be huge as JSON. */
export function payForSize(run: Evaluation, value: Value): void {
  if (typeof value === 'string') run.spendCharacters(value.length);
  else run.spend(1);
  if (typeof value !== 'object' || value === null || value instanceof Timestamp || value instanceof Duration) return;
  if (Array.isArray(value)) {
    for (const item of value) payForSize(run, item);
    return;
  }
  for (const key of Object.keys(value)) {
    run.spendCharacters(key.length);
    payForSize(run, value[key]!);
  }
}
