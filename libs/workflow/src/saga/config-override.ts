import { isClaimCheck, type Json, type SecretSlot } from '@jetsaga/contracts';
import { pointerSegments } from '../definition/json-pointer.ts';

/** What an operator laid over a step's configuration, field by field. */
export function overridden(config: Json, override: Json | undefined): Json {
  return isRecord(config) && isRecord(override) ? { ...config, ...override } : (override ?? config);
}

/** The slots that still hold a secret's place: what an operator wrote there instead stays. */
export function slotsThatHold(slots: readonly SecretSlot[], planned: Json, actual: Json | undefined): SecretSlot[] {
  if (slots.length === 0 || actual === undefined || isClaimCheck(actual)) return [...slots];
  return slots.filter(({ pointer }) => JSON.stringify(at(planned, pointer)) === JSON.stringify(at(actual, pointer)));
}

function at(value: Json, pointer: string): Json | undefined {
  return pointerSegments(pointer).reduce<Json | undefined>((place, key) => {
    if (Array.isArray(place)) return place[Number(key)];
    return isRecord(place) && Object.hasOwn(place, key) ? place[key] : undefined;
  }, value);
}

function isRecord(value: Json | undefined): value is { [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
