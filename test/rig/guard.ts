import { type ChildProcess, spawn } from 'node:child_process';
import type { Socket } from 'node:net';
import { fileURLToPath } from 'node:url';

/** What outlives a process that dies without a word, and must not. */
export type Guarded =
  | { readonly kind: 'process'; readonly pid: number }
  /** All processes of a group, by its leader. */
  | { readonly kind: 'group'; readonly pid: number }
  | { readonly kind: 'directory'; readonly path: string }
  | { readonly kind: 'namespace'; readonly name: string };

/** From here to the guardian, one JSON line each. */
export interface GuardOrder {
  readonly act: 'guard' | 'release';
  readonly what: Guarded;
}

const GUARDIAN = fileURLToPath(new URL('./guardian.ts', import.meta.url));

/** One a process, as the thing it watches over is this process. Started when the first thing is guarded. */
let guardian: ChildProcess | undefined;

/**
 * Has `what` cleaned away should this process die in any way, SIGKILL too. The returned function ends that, and is to be
 * called when it was cleaned away in the orderly way.
 */
export function guard(what: Guarded): () => void {
  guardian ??= startGuardian();
  order({ act: 'guard', what });
  return () => order({ act: 'release', what });
}

function order(value: GuardOrder): void {
  guardian?.stdin?.write(`${JSON.stringify(value)}\n`);
}

/** In a session of its own, so that a Ctrl-C in the terminal does not reach it; it ends when its input does. */
function startGuardian(): ChildProcess {
  const child = spawn(process.execPath, [GUARDIAN], { stdio: ['pipe', 'ignore', 'ignore'], detached: true });
  child.unref();
  (child.stdin as Socket | null)?.unref();
  child.stdin?.on('error', () => {});
  return child;
}
