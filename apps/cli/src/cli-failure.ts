/** What was asked for did not happen, for a reason that the user can do something about. */
export class CliFailure extends Error {
  override readonly name = 'CliFailure';
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
