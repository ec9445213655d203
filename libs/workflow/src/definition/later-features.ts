/** What the language has and this version does not run: it is refused, so that nothing is silently left out. */

export const laterHandlers: ReadonlySet<string> = new Set([
  'group',
  'map',
  'sub_workflow',
  'wait_for_signal',
  'wait_for_event',
  'send_signal',
]);

export const laterTopLevelFields: ReadonlySet<string> = new Set(['onFailure']);

export const laterNodeFields: ReadonlySet<string> = new Set(['compensate']);

/** Fields of `group` and `map`: on any other handler they are just unknown. */
export const scopeFields: ReadonlySet<string> = new Set([
  'nodes',
  'strategy',
  'maxConcurrency',
  'items',
  'filter',
  'itemName',
  'indexName',
  'mode',
]);

/** The fields that tell these triggers apart. */
export const laterTriggers: ReadonlySet<string> = new Set(['schedule', 'webhook', 'entity']);
