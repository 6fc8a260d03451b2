import type { Evidence } from '../records.ts';
import { checkSessions } from './sessions.ts';
import { checkToClients } from './toClients.ts';
import { checkToServers } from './toServers.ts';
import type { Violation } from './violation.ts';
import { checkWork } from './work.ts';
import { worldOf } from './world.ts';

/** All that is wrong with what a soak has left behind; empty where every promise was kept. */
export function check(evidence: Evidence): readonly Violation[] {
  const violations: Violation[] = [];
  const world = worldOf(evidence, (kind, who, what) => violations.push({ kind, who, what }));
  for (const client of evidence.clients.keys()) {
    checkToServers(world, client);
    checkToClients(world, client);
  }
  for (const [who, lines] of [...evidence.clients, ...evidence.servers]) {
    for (const line of lines) if (line.kind === 'failed') world.complain('failed', who, line.what);
  }
  checkSessions(world);
  checkWork(world);
  return violations;
}
