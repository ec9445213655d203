import { spawn } from 'node:child_process';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');

/** What would point the tests at the user's own servers, accounts and data. */
const foreign =
  /^(NATS_(URL|CREDS|NKEY)|DATABASE_URL|PORT|HOST|HEALTH_PORT|JETSAGA_(?!CACHE).*|OPENAI_.*|STORAGE_URL|S3_ENDPOINT|SMTP_URL|SECRETS|EVENT_BUS_NAME|EGRESS_ALLOW|LOG_LEVEL|OTEL_.*|AWS_.*|WORKER_CONCURRENCY|SHUTDOWN_GRACE)$/;

const environment = {
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name))),
  PATH: `${join(root, 'node_modules/.bin')}:${process.env.PATH}`,
  NX_DAEMON: 'false',
  NX_NO_CLOUD: 'true',
};

/** Runs one stage, says how it went and how long it took, and shows its output when it failed. Returns whether it went well. */
export async function stage(name: string, work: () => Promise<string>): Promise<boolean> {
  const started = performance.now();
  const took = () => `${((performance.now() - started) / 1_000).toFixed(1)} s`;
  try {
    const figures = await work();
    console.log(`✓ ${name.padEnd(8)} ${took()}${figures ? `, ${figures}` : ''}`);
    return true;
  } catch (error) {
    console.log(`✗ ${name.padEnd(8)} ${took()}\n${(error as Error).message}`);
    return false;
  }
}

/** Runs a tool of the workspace. Throws with everything that it printed when it fails. */
export function tool(command: string, ...args: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (chunk) => (output += String(chunk)));
    child.stderr.on('data', (chunk) => (output += String(chunk)));
    child.once('error', reject);
    child.once('exit', (code, signal) =>
      code === 0 ? resolve(output) : reject(new Error(`${output}\n${command} ended with ${signal ?? code}`)),
    );
  });
}

/** Runs a command whose output is shown as it comes. Returns its exit code. */
export function shown(command: string, ...args: string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, env: environment, stdio: ['ignore', 'inherit', 'inherit'] });
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}
