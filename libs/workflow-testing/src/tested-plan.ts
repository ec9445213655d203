import type { Json } from '@jetsaga/contracts';
import type { AnyHandler } from '@jetsaga/worker';
import {
  checkDefinition,
  collectHandlerFacts,
  compilePlan,
  controlHandlers,
  parseDefinition,
  type HandlerCatalog,
  type Plan,
} from '@jetsaga/workflow';
import type { Stub, Stubs } from './stub.ts';
import { WorkflowTestError } from './workflow-test-error.ts';

/** YAML or JSON text, a document, or a definition in TypeScript. */
export type TestedDefinition = string | object;

/** Compiles a definition as it would be when it is applied. Errors: INVALID_DEFINITION, with every problem. */
export function testedPlan(definition: TestedDefinition, handlers: Stubs): Plan {
  const text = typeof definition === 'string' ? definition : JSON.stringify(definition);
  const parsed = parseDefinition(text);
  const catalog = parsed.readable ? catalogFor(parsed.document, handlers) : new Map();
  const { definition: checked, problems } = checkDefinition(parsed, catalog);
  if (!checked) {
    const lines = problems.map(
      ({ code, pointer, message, hint }) => `${pointer || '/'} ${code} ${message}${hint ? ` (${hint})` : ''}`,
    );
    throw new WorkflowTestError('INVALID_DEFINITION', `the definition is not valid:\n  ${lines.join('\n  ')}`);
  }
  const { document, key } = checked;
  return compilePlan({ document, key, version: 1 }, collectHandlerFacts(checked, catalog));
}

export function isHandler(stub: Stub | AnyHandler | undefined): stub is AnyHandler {
  return typeof stub === 'object';
}

/** Every handler that the definition names. Of a mere stub nothing is known: it may have any branch that an edge selects on. */
function catalogFor(document: Json, handlers: Stubs): HandlerCatalog {
  const names = new Set<string>();
  const branches = new Set<string>();
  collect(document, names, branches);
  const stubbed = { queue: 'tests', branches: [...branches] };
  const control: readonly string[] = controlHandlers;
  return new Map(
    [...names]
      .filter((name) => !control.includes(name))
      .map((name) => {
        const stub = handlers[name];
        return [name, isHandler(stub) ? stub.description : stubbed] as const;
      }),
  );
}

/** Looks everywhere: nodes are in bodies of nodes too, and handlers in what undoes them. */
function collect(value: Json, names: Set<string>, branches: Set<string>): void {
  if (typeof value !== 'object' || value === null) return;
  if (!Array.isArray(value)) {
    if (typeof value.handler === 'string') names.add(value.handler);
    if (value.on !== undefined) for (const branch of [value.on].flat()) branches.add(String(branch));
  }
  for (const each of Object.values(value)) collect(each, names, branches);
}
