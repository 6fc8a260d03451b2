import type { Server } from 'node:http';
import type { Command, Report } from './protocol.ts';

/** What a server program makes of its commands. What it can't do is never asked of it. */
export interface Acts {
  serve?(): void;
  fail?(): void;
  /** Asks all clients to leave within `windowS`; calls `begun` at once, and resolves when nobody is left. */
  drain(windowS: number, begun: () => Promise<void>): Promise<void>;
}

/** Runs a server program of the demo: it listens, says where, obeys, and ends with the demo. */
export function runProgram(server: Server, port: number, acts: Acts): void {
  server.listen(port, '127.0.0.1', () => {
    const address = server.address();
    void report({ kind: 'listening', port: typeof address === 'object' && address !== null ? address.port : 0 });
  });
  process.on('message', (command: Command) => void obey(command, server, acts));
  // Without the demo nobody needs it; a Ctrl-C in the terminal is the demo's to handle.
  process.on('disconnect', () => process.exit());
  process.on('SIGINT', () => {});
}

async function obey(command: Command, server: Server, acts: Acts): Promise<void> {
  switch (command.kind) {
    case 'serve':
    case 'fail':
      acts[command.kind]?.();
      return report({ kind: 'done' });
    case 'freeze':
      // From inside, and so between two transactions: a process that is stopped in one would hold the database's lock.
      await report({ kind: 'done' });
      process.kill(process.pid, 'SIGSTOP');
      return;
    case 'drain':
      await acts.drain(command.windowS, () => report({ kind: 'done' }));
      server.close(() => process.disconnect());
  }
}

function report(what: Report): Promise<void> {
  return new Promise((resolve) => {
    if (process.send === undefined) resolve();
    else process.send(what, () => resolve());
  });
}
