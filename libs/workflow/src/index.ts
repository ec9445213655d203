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
  type PlanNode,
  type PlanSchedule,
  type PlanScope,
  type PlanTrigger,
  type PlanVerification,
  type PlanWebhook,
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
export { diffDefinitions, type DefinitionDiff, type FieldDiff } from './definition/definition-diff.ts';
export { definitionHash } from './definition/definition-hash.ts';
export { canonicalJson } from './definition/canonical-json.ts';
export { keyOfEvent } from './definition/event-key.ts';
export { isEventPattern, matchesEventPattern } from './definition/event-pattern.ts';
export { cronProblem } from './definition/cron-pattern.ts';
export { timeOf } from './definition/trigger-check.ts';
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
export { hasScopes } from './definition/has-scopes.ts';
export {
  AllStepsNeeded,
  ChildEndNeeded,
  ChildStartNeeded,
  ItemOutputsNeeded,
  ValueNeeded,
  type ChildEnd,
  type ChildStarted,
} from './saga/steps-needed.ts';
export { transition } from './saga/transition.ts';
export { startExecution, type StartDecision } from './saga/start-execution.ts';
export { nodeAt } from './saga/scope-view.ts';
export { recipientKey, RecipientsNeeded, type Recipients } from './saga/recipients.ts';
export { waitOf } from './saga/wait-record.ts';
export { executionResults, listSteps } from './saga/reading-state.ts';
export { heldTimerDue } from './saga/pausing.ts';
export { beginningNode, type Beginning } from './saga/beginning.ts';
