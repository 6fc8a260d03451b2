import { setTimeout as sleep } from 'node:timers/promises';
import type { Failover } from '../../index.node.ts';
import { FAULTS, type Fault } from './acts.ts';
import type { ActRecord, FaultRecord } from './records.ts';
import type { ServerProcess } from './serverProcess.ts';
import type { Timeline } from './timeline.ts';

/** What an act is played with. */
export interface Stage {
  readonly failover: Failover;
  /** The preferred server: all faults are its. */
  readonly active: ServerProcess;
  readonly timeline: Timeline;
  /** Called when an act begins. */
  readonly onAct: () => void;
  readonly signal: AbortSignal;
}

const STEADY_MS = 3_000;
/** After each failback, so that the eye sees that all is well again. */
const CALM_MS = 2_000;
/** On a slow machine a failback may take its time. */
const RETURN_LIMIT_MS = 30_000;

/** Plays all acts, one after the other. Rejects only when it is aborted, or a server can't be started. */
export async function conduct(stage: Stage): Promise<readonly ActRecord[]> {
  const { timeline, signal } = stage;
  timeline.tell('act', null, 'first, all is well');
  stage.onAct();
  await sleep(STEADY_MS, null, { signal });
  const acts: ActRecord[] = [{ name: 'no fault', fault: null }];
  for (const [at, fault] of FAULTS.entries()) {
    timeline.tell('act', null, `${at + 1} of ${FAULTS.length}: ${fault.title}`);
    stage.onAct();
    acts.push({ name: fault.name, fault: await suffer(fault, stage) });
  }
  return acts;
}

async function suffer(fault: Fault, { failover, active, timeline, signal }: Stage): Promise<FaultRecord> {
  const { origin, name } = active;
  const struckMs = performance.now();
  timeline.tell(fault.planned ? 'planned' : 'fault', name, fault.struck);
  await fault.strike(active);
  await sleep(fault.lastsMs, null, { signal });
  await fault.mend(active);
  timeline.tell('mended', name, fault.mended);
  const mendedMs = performance.now();
  const returned = await isBackAt(origin, failover, signal);
  const returnedMs = returned ? performance.now() : null;
  await sleep(CALM_MS, null, { signal });
  return { origin, struckMs, mendedMs, returnedMs };
}

/** Resolves when new work goes to `origin` again; false if it never does. */
function isBackAt(origin: string, failover: Failover, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const end = (settle: () => void) => () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      unsubscribe();
      settle();
    };
    const timer = setTimeout(
      end(() => resolve(false)),
      RETURN_LIMIT_MS,
    );
    const onAbort = end(() => reject(signal.reason));
    signal.addEventListener('abort', onAbort);
    const onMove = end(() => resolve(true));
    const unsubscribe = failover.on('failback', ({ to }) => {
      if (to === origin) onMove();
    });
    if (failover.status.current === origin) onMove();
  });
}
