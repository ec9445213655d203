export {
  ClaimCheckNeeded,
  ExpressionFailure,
  type Bindings,
  type Expression,
  type NodeView,
  type Reference,
  type Template,
} from './expression/expression.ts';
export { compileExpression } from './expression/compile-expression.ts';
export { compileTemplate } from './expression/compile-template.ts';
export { evaluateCondition } from './expression/evaluate-condition.ts';
export type { ExpressionOptions } from './expression/expression-options.ts';
export { expressionFunctions } from './expression/functions/expression-functions.ts';
export { globalMacros, listMacros } from './expression/macros.ts';
export {
  ExpressionSyntaxError,
  type ExpressionProblem,
  type ExpressionProblemCode,
} from './expression/expression-syntax-error.ts';
export {
  controlHandlers,
  type HandlerCatalog,
  type Plan,
  type PlanConcurrency,
  type PlanNode,
  type PlanScope,
  type PlanTrigger,
  type SchemaProblem,
} from './definition/plan.ts';
export { parseDefinition, type ParsedDefinition, type SourceFormat } from './definition/parse-definition.ts';
export {
  checkDefinition,
  type CheckedDefinition,
  type CheckOptions,
  type DefinitionCheck,
} from './definition/check-definition.ts';
export { problemCodes, warningCodes, type DefinitionProblem, type ProblemCode } from './definition/problem.ts';
export { collectHandlerFacts } from './definition/handler-facts.ts';
export { compilePlan, PlanCorrupt } from './definition/compile-plan.ts';
export { schemaProblems, valueCheck } from './definition/value-schema.ts';
export { definitionSchema } from './definition/definition-schema.ts';
export { definitionKey } from './definition/definition-key.ts';
export { definitionHash } from './definition/definition-hash.ts';
export { canonicalJson } from './definition/canonical-json.ts';
export { isEventPattern, matchesEventPattern } from './definition/event-pattern.ts';
export type {
  Decision,
  Effect,
  ExecutionState,
  IgnoredReason,
  Moment,
  OpenedClaimChecks,
  SagaEvent,
  StartRequest,
} from './saga/saga-types.ts';
export { transition } from './saga/transition.ts';
export { startExecution, type StartDecision } from './saga/start-execution.ts';
export { queueExecution } from './saga/queue-execution.ts';
export {
  concurrencyKeyOf,
  decideSlot,
  fairKeyOf,
  slotInWords,
  type SlotDecision,
  type SlotGroupState,
} from './flow/concurrency.ts';
export { rankOf, urgencyOf } from './flow/rank.ts';
export { isHeldStep } from './saga/rate-limit.ts';
export { executionResults, listSteps } from './saga/reading-state.ts';
