import { startHosts } from '../hosts.ts';
import type { Peer } from '../peer.ts';
import { alternating } from './urlFunction.ts';

export const centrifuge: Peer = {
  name: 'centrifuge-js',
  how: 'Its own list of endpoints is walked before the first connection only, so its `websocket` option is a class that takes the next host at each construction. Messages go by `rpc`, which tells when they fail. A fake of its server.',
  hosts: (rig, places) => startHosts(rig, new URL('../servers/centrifuge.ts', import.meta.url), places),
  async converse({ hosts, onMessage }) {
    const { Centrifuge } = await import('centrifuge');
    const url = alternating(hosts);
    class NextHost extends WebSocket {
      constructor(_url: string, protocols?: string | string[]) {
        super(url(), protocols);
      }
    }
    const client = new Centrifuge('ws://next.invalid/connection/websocket', { websocket: NextHost });
    client.on('message', ({ data }) => onMessage(String(data)));
    client.connect();
    await client.ready();
    return { send: (id) => client.rpc('say', id), close: () => client.disconnect() };
  },
};
