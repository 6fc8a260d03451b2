import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

/** Whether a process stands still after a SIGSTOP. All of its threads do, or it does not count. */
export function isStopped(pid: number): boolean {
  // In /proc/<pid>/stat the state follows the command's name, which may itself hold spaces and parentheses.
  const state = existsSync('/proc/self/stat')
    ? readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)
    : execFileSync('ps', ['-o', 'state=', '-p', String(pid)], { encoding: 'utf8' }).trim();
  return state?.startsWith('T') ?? false;
}

/** Whether there is a process of that id. */
export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
