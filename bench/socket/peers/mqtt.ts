import { isInstalled } from '../../lib/binary.ts';
import { type BrokerKind, startBroker } from '../brokers.ts';
import type { Peer } from '../peer.ts';

const SERVER: BrokerKind = {
  file: 'mosquitto',
  args: (configuration) => ['-c', configuration],
  configuration: (host, port) => `
listener ${port} ${host}
allow_anonymous true
persistence false
log_dest none
`,
  url: (host, port) => `mqtt://${host}:${port}`,
  app: new URL('../servers/mqttApp.ts', import.meta.url),
};

export const mqtt: Peer = {
  name: 'mqtt.js',
  how: '`connectAsync({ servers: [a, b] })`, QoS 1 both ways, a keepalive of 60 s as by default; over TCP, since the WebSocket listener of many mosquitto builds is slow (mosquitto#2578). Two mosquitto brokers, and an application beside each.',
  unavailable: () => (isInstalled(SERVER.file) ? undefined : 'no mosquitto here'),
  hosts: (rig, [a, b]) => Promise.all([startBroker(rig, SERVER, a), startBroker(rig, SERVER, b)]),
  async converse({ user, hosts, onMessage }) {
    const { connectAsync } = await import('mqtt');
    const servers = hosts.map((url) => {
      const { hostname: host, port } = new URL(url);
      return { host, port: Number(port), protocol: 'mqtt' as const };
    });
    const client = await connectAsync({ servers });
    client.on('error', () => {});
    client.on('message', (_topic, payload) => onMessage(String(payload)));
    await client.subscribeAsync(['feed', `hear/${user}`], { qos: 1 });
    return {
      send: (id) => client.publishAsync(`say/${user}`, id, { qos: 1 }),
      close: () => client.endAsync(true),
    };
  },
};
