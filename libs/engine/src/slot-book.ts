import type { LockedSlotGroup, SlotClaim, SlotGroup } from '@jetsaga/contracts';
import type { SlotDecision, SlotGroupState } from '@jetsaga/workflow';

const groupId = ({ workflow, key }: SlotGroup) => JSON.stringify([workflow, key]);

/** How the groups stand that one starting transaction has locked, with all it has decided so far. */
export class SlotBook {
  private readonly groups: Map<string, { held: number; hasWaiting: boolean; staying: string[] }>;
  private readonly claims: ReadonlyMap<string, SlotClaim['state']>;

  constructor(groups: readonly LockedSlotGroup[], claims: ReadonlyMap<string, SlotClaim['state']>) {
    this.groups = new Map(
      groups.map((group) => [groupId(group), { held: group.held, hasWaiting: group.hasWaiting, staying: [...group.staying] }]),
    );
    this.claims = claims;
  }

  claimOf(executionId: string): SlotClaim['state'] | undefined {
    return this.claims.get(executionId);
  }

  state(group: SlotGroup): SlotGroupState {
    return this.entry(group);
  }

  /** Takes down what was decided for an execution. */
  decided(group: SlotGroup, executionId: string, decision: SlotDecision): void {
    const entry = this.entry(group);
    if (decision.kind === 'reject') return;
    if (decision.kind === 'run') entry.held += 1;
    else {
      entry.hasWaiting = true;
      entry.staying = entry.staying.filter((id) => !decision.replaced.includes(id));
    }
    if (!entry.staying.includes(executionId)) entry.staying.push(executionId);
  }

  private entry(group: SlotGroup) {
    const entry = this.groups.get(groupId(group));
    if (!entry) throw new Error(`the group ${group.workflow} ${group.key} was not locked before it was counted`);
    return entry;
  }
}
