import type { Execution, Scope, Step } from '@jetsaga/client';
import { brief, duration } from './table.ts';
import { dim, inStatusColour, statusLabel } from './colours.ts';

const ends: readonly string[] = ['COMPLETED', 'SKIPPED', 'FAILED', 'CANCELLED', 'COMPENSATED'];

/** An execution with its steps below it, as it stands. */
export function stepTree(
  execution: Pick<Execution, 'id' | 'workflow' | 'version' | 'status'>,
  steps: readonly Step[],
  scopes: readonly Scope[],
  now: number,
): string {
  const done = steps.filter((step) => ends.includes(step.status)).length;
  const lines = steps.map((step, index) => {
    const branch = index === steps.length - 1 ? '└─' : '├─';
    const facts = [
      step.attempt > 1 ? `attempt ${step.attempt}` : '',
      step.branch ? `→ ${step.branch}` : '',
      took(step, now),
      inside(scopes.find(({ path }) => path === step.path)),
      why(step),
    ];
    return `${dim(branch)} ${statusLabel(step.status)} ${step.path} ${dim(facts.filter(Boolean).join(', '))}`.trimEnd();
  });
  const head = `${statusLabel(execution.status)} ${execution.workflow} v${execution.version} ${dim(execution.id)}`;
  return [head, ...lines, progressBar(done, steps.length)].join('\n');
}

function took(step: Step, now: number): string {
  const begun = step.startedAt ?? step.queuedAt;
  if (!begun || step.status === 'SKIPPED') return '';
  return duration(Math.max(0, (step.finishedAt ? Date.parse(step.finishedAt) : now) - Date.parse(begun)));
}

function why(step: Step): string {
  if (step.error) return inStatusColour('FAILED', `${step.error.code}: ${brief(step.error.message, 80)}`);
  return step.waitingFor ?? '';
}

/** How far a group or map has come. */
function inside(scope: Scope | undefined): string {
  if (!scope) return '';
  const { items = {}, steps, total } = scope;
  const counts = scope.handler === 'map' ? items : steps;
  const sum = Object.values(counts).reduce((all, count) => all + count, 0);
  const done = ends.reduce((all, status) => all + (counts[status] ?? 0), 0);
  const failed = counts['FAILED'] ? `, ${counts['FAILED']} failed` : '';
  return `${progressBar(done, total ?? sum, 12, scope.handler === 'map' ? 'items' : 'steps')}${failed}`;
}

export function progressBar(done: number, total: number, width = 30, what = 'steps'): string {
  const filled = total === 0 ? width : Math.round((done / total) * width);
  return `${'█'.repeat(filled)}${dim('░'.repeat(width - filled))} ${done}/${total} ${what}`;
}
