import type { Failover, HostMove } from '../../index.node.ts';
import { SHORTENED } from './shortened.ts';
import { inWords } from './table.ts';
import type { Timeline } from './timeline.ts';

interface Named {
  readonly name: string;
  readonly origin: string;
}

/** Puts the client's events on the timeline, in plain words. */
export function narrate(failover: Failover, servers: readonly Named[], timeline: Timeline): void {
  const nameOf = (origin: string) => servers.find((server) => server.origin === origin)?.name ?? origin;
  const tellMove = ({ kind, from, to, cause, tookMs }: HostMove) => {
    const took = kind === 'failover' ? `, seen after ${inWords(tookMs)}` : '';
    timeline.tell('move', nameOf(to), `${kind} from ${nameOf(from)}: ${cause}${took}`);
  };
  failover.on('failover', tellMove);
  failover.on('switchover', tellMove);
  failover.on('failback', ({ from, to }) => {
    timeline.tell('return', nameOf(to), `failback from ${nameOf(from)}`);
  });
  failover.on('health', ({ origin, state }) => {
    if (state === 'holding') timeline.tell('proven', nameOf(origin), PROVEN);
  });
  failover.on('session', ({ kind, host }) => timeline.tell('session', nameOf(host), `session ${kind}`));
  failover.on('session:lost', ({ host, error }) => {
    timeline.tell('warning', nameOf(host), `session lost: ${error.message}`);
  });
  failover.on('warning', (error) => timeline.tell('warning', null, error.message));
}

const PROVEN = `proven by its probes; gets its clients back within ${SHORTENED.failback.holdMs / 1000} s`;
