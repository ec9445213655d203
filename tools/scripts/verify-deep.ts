import { argv, env, execPath } from 'node:process';

// `pnpm verify:deep [runs]`: what takes longer than CI may. Many more made-up definitions are played against the oracle of the language.
const runs = argv[2] ?? '50000';
if (!/^[1-9]\d*$/.test(runs)) {
  console.error(`how many definitions are to be tried is a number, not ${runs}`);
  process.exit(2);
}
env['PROPERTY_RUNS'] = runs;
// Only now: what it starts gets the environment as it is when it is loaded.
const { shown } = await import('./verify-stage.ts');

process.exitCode = await shown(
  execPath,
  ...['--experimental-vm-modules', '--no-warnings', 'node_modules/jest/bin/jest.js'],
  ...['--config', 'libs/workflow/jest.config.js', '--testPathPatterns', 'any-definition'],
);
