import { readdirSync, readFileSync } from 'node:fs';
import type { TabDriver } from './driver.ts';

const WORK_MS = 300;

/**
 * The process that draws a tab. No engine tells in a way that the others know, so the page is made to work, and it is the one
 * among the browser's processes that has.
 */
export async function rendererOf({ run, browserPid }: TabDriver): Promise<number> {
  const before = ticksBelow(browserPid);
  await run(`async () => { const end = performance.now() + ${WORK_MS}; while (performance.now() < end); return ''; }`);
  const worked = [...ticksBelow(browserPid)]
    .map(([pid, ticks]) => ({ pid, ticks: ticks - (before.get(pid) ?? ticks) }))
    .sort((one, other) => other.ticks - one.ticks);
  const [first] = worked;
  if (first === undefined || first.ticks === 0) throw new Error('No process of the browser has worked.');
  return first.pid;
}

/** Processor time of all processes that a process has started, and that those have started. */
function ticksBelow(root: number): ReadonlyMap<number, number> {
  const all = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const processes = all.map(readStat).filter((stat) => stat !== undefined);
  const below = new Set([root]);
  for (let size = 0; size !== below.size; ) {
    size = below.size;
    for (const { pid, parent } of processes) if (below.has(parent)) below.add(pid);
  }
  below.delete(root);
  return new Map(processes.filter(({ pid }) => below.has(pid)).map(({ pid, ticks }) => [pid, ticks]));
}

function readStat(name: string): { readonly pid: number; readonly parent: number; readonly ticks: number } | undefined {
  try {
    // Its second field, the program's name in brackets, may hold anything.
    const fields = readFileSync(`/proc/${name}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return { pid: Number(name), parent: Number(fields[1]), ticks: Number(fields[11]) + Number(fields[12]) };
  } catch {
    // It has just ended.
    return undefined;
  }
}
