/** How this repository's scripts are called on a machine without pnpm, in the version that runs now. */
export function pnpmCommand(): string {
  const version = /^pnpm\/(\S+)/.exec(process.env.npm_config_user_agent ?? '')?.[1] ?? '12.21.0';
  return `npx --yes pnpm@${version}`;
}
