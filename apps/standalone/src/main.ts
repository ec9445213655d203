import { existsSync } from 'node:fs';
import { runStandalone } from './run-standalone.ts';

// A reader that has gone (`start | head`) is no reason to stop.
process.stdout.on('error', () => undefined);
if (existsSync('.env')) process.loadEnvFile('.env');
process.exit(await runStandalone({ env: process.env }));
