import type { DatabaseSync } from 'node:sqlite';

/** Time of the machine: the same for all its processes, and no matter what its wall clock says. */
export interface MachineClock {
  /** Names the time since one start of the machine; empty where nobody knows. */
  readonly boot: string;
  /** Milliseconds since that start. */
  now(): number;
}

/** The clock of this machine. */
export function machineClock(): MachineClock {
  return {
    boot: bootName(),
    now: () => {
      // CLOCK_MONOTONIC or its like, which does not begin with the process, as `performance.now` does.
      const [seconds, nanos] = process.hrtime();
      return seconds * 1e3 + nanos / 1e6;
    },
  };
}

/** Linux names each start of the machine. */
function bootName(): string {
  try {
    return process.getBuiltinModule('node:fs').readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return '';
  }
}

/** The store's time, and whether the machine was started again since it was last gone by. */
export interface StoreClock {
  readonly nowMs: () => number;
  readonly restarted: boolean;
}

/**
 * The store's own time, which is common to all processes that share its file. It goes on with the machine's, and after the machine was
 * started again, from where it was last written down: no session loses time by that, and no lease gets any while its holder lives.
 *
 * To be called in a transaction that may write; it also tells whether the file can be written.
 */
export function openStoreClock(database: DatabaseSync, machine: MachineClock): StoreClock {
  const row = database.prepare('SELECT boot, base_ms, mark_ms FROM switchover_state').get();
  const markMs = Number(row?.['mark_ms']);
  const kept = Number(row?.['base_ms']);
  const startMs = machine.now();
  const restarted = row?.['boot'] !== machine.boot || startMs + kept < markMs;
  const baseMs = restarted ? markMs - startMs : kept;
  database.prepare('UPDATE switchover_state SET boot = ?, base_ms = ?').run(machine.boot, baseMs);
  return { nowMs: () => machine.now() + baseMs, restarted };
}
