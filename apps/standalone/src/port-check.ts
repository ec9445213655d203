import { createServer } from 'node:net';
import { freePort, processCommand } from '@jetsaga/embedded';
import { pnpmCommand } from './pnpm-command.ts';
import { portHolder } from './port-holder.ts';
import { StartRefused } from './start-refused.ts';

/** Throws in words when nobody can listen there: who does already, where it can be told, and how to choose another port. */
export async function refuseTakenPort(host: string, port: number): Promise<void> {
  const code = await listenError(host, port);
  if (!code) return;
  if (code === 'EACCES')
    throw new StartRefused(`PORT ${port} may not be used by this user. Choose one from 1024 on: ${otherPort(8000)}`);
  if (code !== 'EADDRINUSE')
    throw new StartRefused(`HOST ${host} cannot be listened on (${code}). Name an address of this machine, or leave it unset.`);
  const pid = await portHolder(port);
  const holder =
    pid === undefined ? 'by a process that this user cannot see' : `by process ${pid} (${processCommand(pid) ?? 'unknown'})`;
  throw new StartRefused(
    `PORT ${port} is taken ${holder}.\nStop that, or choose another port: ${otherPort(await freePort(port + 1))}`,
  );
}

function otherPort(port: number): string {
  return `PORT=${port} ${pnpmCommand()} start`;
}

function listenError(host: string, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(undefined)));
  });
}
