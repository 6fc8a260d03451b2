import { fileURLToPath } from 'node:url';
import type { Server } from '../../test/rig/cluster.ts';
import type { Rig } from '../../test/rig/rig.ts';
import type { Host, Place } from './peer.ts';

/** Starts a server program at each place; see servers/speaker.ts for what it has to understand. */
export async function startHosts(
  rig: Rig,
  program: URL,
  places: readonly [Place, Place],
  extra?: unknown,
): Promise<readonly [Host, Host]> {
  const options = { program: fileURLToPath(program), ...(extra === undefined ? {} : { extra }) };
  const [a, b] = await Promise.all(places.map((place) => rig.server({ ...options, ...place })));
  if (a === undefined || b === undefined) throw new Error('two servers are needed');
  return [hostOver(a), hostOver(b)];
}

export function hostOver(server: Server): Host {
  return {
    url: server.url,
    kill: () => server.kill(),
    freeze: () => server.freeze(),
    thaw: () => server.thaw(),
    restart: () => server.restart(),
    speak: async (users) => void (await server.ask({ speak: users })),
    hush: async () => Number(await server.ask('hush')),
    processed: () => server.processed(),
  };
}
