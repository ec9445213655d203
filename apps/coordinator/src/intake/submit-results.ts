import type { StepResult } from '@jetsaga/contracts';
import { scopeOf, type InputOutcome, type SagaLoop } from '@jetsaga/engine';

/** Hands results to the saga loop; one outcome per result, after the commit. */
export function submitResults(loop: SagaLoop, results: readonly StepResult[]): Promise<InputOutcome[]> {
  return Promise.all(
    results.map((result) =>
      loop.submit({ executionId: result.executionId, scope: scopeOf(result.path), body: { kind: 'result', result } }),
    ),
  );
}

/** The worst of several outcomes decides what becomes of the message that brought them. */
export function worstOf(outcomes: readonly InputOutcome[]): InputOutcome {
  return (
    outcomes.find((outcome) => outcome.kind === 'unavailable') ??
    outcomes.find((outcome) => outcome.kind === 'poison') ?? { kind: 'done' }
  );
}
