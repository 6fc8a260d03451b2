import { createFailover, type Failover, SwitchoverError } from '../../../index.node.ts';
import { nodeFetch } from '../../../node/index.ts';
import { SHORTENED } from '../shortened.ts';
import type { Recorder } from './recorder.ts';
import type { RequestEnd } from './records.ts';
import { session } from './session.ts';
import { WORK_PATH, type WorkKind } from './work.ts';

export interface Client {
  readonly failover: Failover;
  close(): Promise<void>;
}

/** The app behind the client as a user would write it, over a transport that is watched. */
export function openClient(origins: readonly string[], recorder: Recorder): Client {
  const transport = nodeFetch();
  const failover = createFailover({ hosts: origins, session, fetch: recorder.watch(transport), ...SHORTENED });
  return {
    failover,
    close() {
      failover.close();
      return transport.close();
    },
  };
}

/** Sends one request and says what came of it; never rejects. */
export async function ask(failover: Failover, work: WorkKind, id: string): Promise<RequestEnd> {
  try {
    const response = await failover.fetch(WORK_PATH + id, initOf(work));
    const answer: unknown = await response.json();
    if (response.ok) return { kind: 'answered', server: (answer as { server: string }).server };
    const why = `http ${response.status}`;
    return { kind: work === 'unsafe' && response.status === 503 ? 'refused' : 'lost', why };
  } catch (error) {
    const code = SwitchoverError.is(error) ? error.code : null;
    const why = `${code ?? ''} ${error instanceof Error ? error.message : String(error)}`.trim();
    return { kind: work === 'unsafe' && code === 'NOT_REPLAYABLE' ? 'refused' : 'lost', why };
  }
}

function initOf(work: WorkKind): RequestInit {
  if (work === 'read') return {};
  const body = JSON.stringify({ amount: 1 });
  return work === 'keyed' ? { method: 'POST', body, failover: { idempotencyKey: true } } : { method: 'POST', body };
}
