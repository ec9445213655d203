/** The test itself is wrong, not the workflow: `code` says how, the message what to do. */
export class WorkflowTestError extends Error {
  override readonly name = 'WorkflowTestError';
  readonly code: WorkflowTestErrorCode;

  constructor(code: WorkflowTestErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

export type WorkflowTestErrorCode =
  'INVALID_DEFINITION' | 'INVALID_INPUT' | 'INVALID_COMMAND' | 'INVALID_TIME' | 'HANDLER_NOT_STUBBED' | 'STEP_NOT_OPEN';
