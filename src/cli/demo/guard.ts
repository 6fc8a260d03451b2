import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** What the guardian is told, one JSON line each. */
export type GuardOrder =
  | { readonly kind: 'started'; readonly pid: number }
  | { readonly kind: 'ended'; readonly pid: number }
  | { readonly kind: 'directory'; readonly path: string };

/** Sees to it that nothing of the demo outlives it. */
export interface Guard {
  tell(order: GuardOrder): void;
  /** Ends the guardian, which cleans up what is still on its list. Resolves when that is done. */
  close(): Promise<void>;
}

export function startGuard(): Guard {
  const program = fileURLToPath(new URL('./guardian.ts', import.meta.url));
  // In a process group of its own, which a Ctrl-C in the terminal does not reach.
  const guardian = spawn(process.execPath, [program], { stdio: ['pipe', 'ignore', 'ignore'], detached: true });
  const ended = new Promise<void>((resolve) => {
    guardian.once('exit', () => resolve());
    guardian.once('error', () => resolve());
  });
  guardian.stdin.on('error', () => {});
  return {
    tell: (order) => void guardian.stdin.write(`${JSON.stringify(order)}\n`),
    close() {
      guardian.stdin.end();
      return ended;
    },
  };
}
