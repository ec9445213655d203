import { describe, expect, it } from '@jest/globals';
import type { StepRecord, StepStatus } from '@jetsaga/contracts';
import fc from 'fast-check';
import { planOf } from '../../test/plan-builder.ts';
import { isOpenStep, pendingStep } from './step-record.ts';
import { StepTable } from './step-table.ts';

const [node] = planOf([{ id: 'x' }]).root.nodes.values();
const record = (id: number, status: StepStatus): StepRecord => ({ ...pendingStep('e', '', node!), node: `n${id}`, status });
const records = fc.tuple(fc.nat(150), fc.constantFrom<StepStatus>('QUEUED', 'RUNNING', 'COMPLETED', 'FAILED', 'SKIPPED'));

describe('StepTable', () => {
  it('is the map that it stands for, in every version of it', () => {
    fc.assert(
      fc.property(fc.array(records, { maxLength: 30 }), fc.array(records, { maxLength: 200 }), (initial, changes) => {
        const plain = new Map(initial.map(([id, status]) => [`n${id}`, record(id, status)]));
        let table = StepTable.of(new Map(plain));
        const versions: [StepTable, Map<string, StepRecord>][] = [];
        for (const [id, status] of changes) {
          // A step that failed stays so.
          if (plain.get(`n${id}`)?.status === 'FAILED') continue;
          plain.set(`n${id}`, record(id, status));
          table = table.with(record(id, status));
          versions.push([table, new Map(plain)]);
        }
        for (const [version, expected] of versions) {
          expect(version.size).toBe(expected.size);
          expect(version.in('').open).toBe([...expected.values()].filter(isOpenStep).length);
          expect(
            version
              .in('')
              .failed.map((step) => step.node)
              .toSorted(),
          ).toEqual(
            [...expected.values()]
              .filter((step) => step.status === 'FAILED')
              .map((step) => step.node)
              .toSorted(),
          );
          expect(new Map(version)).toEqual(expected);
          expect(new Set(version.keys())).toEqual(new Set(expected.keys()));
          for (const [path, step] of expected) expect(version.get(path)).toEqual(step);
          expect(version.has('nobody')).toBe(false);
        }
      }),
      { numRuns: 30 },
    );
  });
});
