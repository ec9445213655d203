import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/** One real process of the platform: started, killed, started again. */
export class PlatformProcess {
  readonly name: string;
  private child: ChildProcess | null = null;
  private output = '';
  private readonly script: string;
  private readonly env: NodeJS.ProcessEnv;

  constructor(name: string, script: string, env: NodeJS.ProcessEnv) {
    this.name = name;
    this.script = script;
    this.env = env;
  }

  get pid(): number | undefined {
    return this.child?.pid;
  }

  get running(): boolean {
    return this.child !== null;
  }

  /** The last of what it wrote, for messages of failed tests. */
  get log(): string {
    return this.output;
  }

  start(): void {
    if (this.child) throw new Error(`${this.name} runs already`);
    const child = spawn(process.execPath, ['--enable-source-maps', this.script], {
      env: this.env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const keep = (chunk: Buffer) => (this.output = (this.output + chunk.toString()).slice(-20_000));
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.on('exit', () => {
      if (this.child === child) this.child = null;
    });
    this.child = child;
  }

  /** Sends the signal and waits until the process is gone; after 40 s it is killed. */
  async end(signal: NodeJS.Signals): Promise<void> {
    const child = this.child;
    if (!child) return;
    const gone = once(child, 'exit');
    child.kill(signal);
    const force = setTimeout(() => child.kill('SIGKILL'), 40_000);
    await gone;
    clearTimeout(force);
  }

  signal(signal: NodeJS.Signals): void {
    this.child?.kill(signal);
  }
}
