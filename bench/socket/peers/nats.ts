import { isInstalled } from '../../lib/binary.ts';
import { type BrokerKind, startBroker } from '../brokers.ts';
import type { Peer } from '../peer.ts';
import { webSocketUrl } from './urlFunction.ts';

const SERVER: BrokerKind = {
  file: 'nats-server',
  args: (configuration) => ['--config', configuration],
  // The port for other clients is any free one.
  configuration: (host, port) => `
    listen: "${host}:-1"
    websocket { listen: "${host}:${port}", no_tls: true }
  `,
  url: (host, port) => `http://${host}:${port}`,
  app: new URL('../servers/natsApp.ts', import.meta.url),
};

export const nats: Peer = {
  name: 'nats',
  how: '`wsconnect({ servers: [a, b], noRandomize: true, maxReconnectAttempts: -1 })`, core publish and subscribe. Two nats-servers, and an application beside each.',
  unavailable: () => (isInstalled(SERVER.file) ? undefined : 'no nats-server here'),
  hosts: (rig, [a, b]) => Promise.all([startBroker(rig, SERVER, a), startBroker(rig, SERVER, b)]),
  async converse({ user, hosts, onMessage }) {
    const { wsconnect } = await import('@nats-io/nats-core');
    const servers = hosts.map(webSocketUrl);
    const connection = await wsconnect({ servers, noRandomize: true, maxReconnectAttempts: -1 });
    const callback = (_error: Error | null, message: { string(): string }): void => onMessage(message.string());
    connection.subscribe('feed', { callback });
    connection.subscribe(`hear.${user}`, { callback });
    await connection.flush();
    return { send: (id) => connection.publish(`say.${user}`, id), close: () => connection.close() };
  },
};
