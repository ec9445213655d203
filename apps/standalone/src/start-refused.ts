/** What keeps `start` from starting. The message is for the user and says what to do. */
export class StartRefused extends Error {
  override readonly name = 'StartRefused';
}
