/** An embedded server that could not be found, started or reached. `message` says what happened, `cure` what the user can do. */
export class EmbeddedServerError extends Error {
  override readonly name = 'EmbeddedServerError';

  constructor(
    readonly code: string,
    message: string,
    readonly cure: string,
    options?: ErrorOptions,
  ) {
    super(`${code}: ${message}\n${cure}`, options);
  }
}
