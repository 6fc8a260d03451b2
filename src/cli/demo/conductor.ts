import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault } from './acts.ts';
import type { ActRecord, FaultRecord } from './records.ts';
import type { ServerProcess } from './serverProcess.ts';
import type { Timeline } from './timeline.ts';

/** What an act is played with. */
export interface Stage {
  readonly faults: readonly Fault[];
  /** The preferred server: all faults are its. */
  readonly active: ServerProcess;
  readonly timeline: Timeline;
  /** Resolves when all work goes to that origin again; false if it never does. */
  readonly returned: (origin: string) => Promise<boolean>;
  /** Called when an act begins. */
  readonly onAct: () => void;
  readonly signal: AbortSignal;
}

const STEADY_MS = 2_000;
/** After each failback, so that the eye sees that all is well again. */
const CALM_MS = 1_000;

/** Plays all acts, one after the other. Rejects only when it is aborted, or a server can't be started. */
export async function conduct(stage: Stage): Promise<readonly ActRecord[]> {
  const { faults, timeline, signal } = stage;
  timeline.tell('act', null, 'first, all is well');
  stage.onAct();
  await sleep(STEADY_MS, null, { signal });
  const acts: ActRecord[] = [{ name: 'no fault', fault: null }];
  for (const [at, fault] of faults.entries()) {
    timeline.tell('act', null, `${at + 1} of ${faults.length}: ${fault.title}`);
    stage.onAct();
    acts.push({ name: fault.name, fault: await suffer(fault, stage) });
  }
  return acts;
}

async function suffer(fault: Fault, { active, returned, timeline, signal }: Stage): Promise<FaultRecord> {
  const { origin, name } = active;
  const struckMs = performance.now();
  timeline.tell(fault.planned ? 'planned' : 'fault', name, fault.struck);
  await fault.strike(active);
  await sleep(fault.lastsMs, null, { signal });
  await fault.mend(active);
  timeline.tell('mended', name, fault.mended);
  const mendedMs = performance.now();
  const returnedMs = (await returned(origin)) ? performance.now() : null;
  await sleep(CALM_MS, null, { signal });
  return { origin, struckMs, mendedMs, returnedMs };
}
