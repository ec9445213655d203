import type { ErrorShape, Json, StepRecord } from '@jetsaga/contracts';
import { inBrief } from './in-brief.ts';

/** The configuration of a step that runs a workflow, as it is kept. */
export interface SubWorkflowConfig {
  readonly workflow: string;
  readonly version?: number;
  readonly input: Json;
  readonly wait: boolean;
  /** The child, once it has started. */
  readonly executionId?: string;
}

/** Reads a resolved configuration, or says why it is none. */
export function subWorkflowConfig(config: Json): SubWorkflowConfig | { readonly error: ErrorShape } {
  const { workflow, version, input = {}, wait = true } = config as { [name: string]: Json };
  const refuse = (message: string) => ({ error: { code: 'INVALID_CONFIG', message } });
  if (typeof workflow !== 'string' || workflow === '') {
    return refuse(`workflow must be the key of a definition; it is ${inBrief(workflow)}`);
  }
  if (typeof wait !== 'boolean') return refuse(`wait must be true or false; it is ${inBrief(wait)}`);
  if (version == null) return { workflow, input, wait };
  const isVersion = typeof version === 'number' && Number.isInteger(version) && version > 0;
  return isVersion ? { workflow, version, input, wait } : refuse(`version must be a number from 1; it is ${inBrief(version)}`);
}

export function childConfigOf(step: StepRecord): SubWorkflowConfig {
  return step.config as unknown as SubWorkflowConfig;
}

/** What an open step knows of its child; undefined for a step that runs no workflow. */
export function subWorkflowOf(step: StepRecord): SubWorkflowConfig | undefined {
  return step.handler === 'sub_workflow' && step.config !== undefined ? childConfigOf(step) : undefined;
}
