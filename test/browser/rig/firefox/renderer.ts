import { readdirSync, readFileSync } from 'node:fs';

const ROUND_MS = 100;
const ROUNDS = 50;
/** A tenth of a second, in the kernel's hundredths. */
const ENOUGH_TICKS = 10;

/**
 * The process that draws a page. WebDriver does not tell, so the page is made to work, until one of the browser's processes has
 * worked far more than any other.
 */
export async function rendererOf(run: (source: string) => Promise<string>, browserPid: number): Promise<number> {
  const before = ticksBelow(browserPid);
  for (let round = 0; round < ROUNDS; round += 1) {
    await run(
      `async () => { const end = performance.now() + ${ROUND_MS}; while (performance.now() < end); return ''; }`,
    );
    const [first, second] = [...ticksBelow(browserPid)]
      .map(([pid, ticks]) => ({ pid, ticks: ticks - (before.get(pid) ?? 0) }))
      .sort((one, other) => other.ticks - one.ticks);
    if (first !== undefined && first.ticks > ENOUGH_TICKS + 3 * (second?.ticks ?? 0)) return first.pid;
  }
  throw new Error('No process of the browser has worked far more than the others.');
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
