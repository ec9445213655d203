import type { SecretSlot } from '@jetsaga/contracts';
import type { Bindings, Template } from '../expression/expression.ts';

/** Where in the configuration of a task its worker has to put secrets. */
export function secretSlots(config: Template, bindings: Bindings): SecretSlot[] {
  return config.secretSlots(bindings).map(({ pointer, parts }) => ({ pointer, parts: [...parts] }));
}
