/** Where secrets come from. */
export interface SecretProvider {
  /** Undefined when there is no such secret. */
  get(name: string): Promise<string | undefined>;
}

const prefix = 'JETSAGA_SECRET_';

/** The secret NAME is the environment variable JETSAGA_SECRET_NAME. */
export function environmentSecrets(environment: Readonly<Record<string, string | undefined>> = process.env): SecretProvider {
  return { get: (name) => Promise.resolve(environment[prefix + name]) };
}
