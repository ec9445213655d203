import type { ProblemCode } from './problem.ts';

/** Why a source cannot be read, and where. */
export interface SourceFault {
  readonly code: ProblemCode;
  readonly message: string;
  readonly offset: number;
  /** Where it is in the document, as far as that can be told of one that cannot be read. */
  readonly pointer?: string;
  readonly hint?: string;
}

/** Something to complain about that leaves the rest of the source readable. */
export interface SourceRemark extends SourceFault {
  readonly pointer: string;
}

/** Ends the reading of a source. */
export class SourceError extends Error {
  override readonly name = 'SourceError';
  readonly fault: SourceFault;

  constructor(fault: SourceFault) {
    super(fault.message);
    this.fault = fault;
  }
}
