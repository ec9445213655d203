import type { Json, JsonObject } from '@jetsaga/contracts';

const template = { type: 'string', pattern: '\\{\\{' };

/**
 * A schema that a text with a template in it fits too, whatever the schema asks for: its value is not known yet. What cannot
 * be judged beside unknown values (`not`, conditions, uniqueness, "exactly one of") is let go. Expects the schemas inside
 * to have been treated already.
 */
export function looseForTemplates(schema: JsonObject): JsonObject {
  const {
    not: _not,
    if: _if,
    then: whenTrue,
    else: whenFalse,
    uniqueItems: _uniqueItems,
    maxContains: _maxContains,
    oneOf,
    ...rest
  } = schema;
  const loose: JsonObject = { ...rest };
  const allOf: Json[] = Array.isArray(rest.allOf) ? [...rest.allOf] : [];
  if (oneOf !== undefined) allOf.push({ anyOf: oneOf });
  if (whenTrue !== undefined || whenFalse !== undefined) allOf.push({ anyOf: [whenTrue ?? true, whenFalse ?? true] });
  if (allOf.length > 0) loose.allOf = allOf;
  if (Array.isArray(rest.enum) && rest.enum.some(isComposite)) delete loose.enum;
  if (isComposite(rest.const)) delete loose.const;
  return { if: template, else: loose };
}

/** Whether a template stands anywhere in the value. */
export function holdsTemplate(value: Json | undefined): boolean {
  if (typeof value === 'string') return value.includes('{{');
  if (!isComposite(value)) return false;
  return Object.values(value as JsonObject).some(holdsTemplate);
}

function isComposite(value: Json | undefined): boolean {
  return typeof value === 'object' && value !== null;
}
